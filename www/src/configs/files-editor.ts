// The editor of the files of policies, which learns what the engine can do once there is one.
import { autocompletion, type Completion } from "@codemirror/autocomplete";
import { Compartment, EditorState } from "@codemirror/state";
import { placeholder } from "@codemirror/view";
import type { Capabilities } from "regate";
import type { JsonValue } from "../json-text";
import { builtinCompletions, regoCompletion } from "../rego-completion";
import { rego } from "../rego-language";
import { TextsEditor, type TextsEditorWiring } from "../texts-editor";
import { configSnippets } from "./policy-snippets";

export interface FilesEditorWiring extends TextsEditorWiring {
  /** The input of the policies, as far as it is known. */
  input(): JsonValue | undefined;
}

export interface FilesEditor {
  texts: TextsEditor;
  learn(capabilities: Capabilities): void;
}

export function filesEditor(parent: HTMLElement, wiring: FilesEditorWiring): FilesEditor {
  const language = new Compartment();
  let names = new Set<string>();
  let builtins: Completion[] = [];
  const texts = new TextsEditor(parent, {
    ...wiring,
    label: "Rego policy",
    extensionsOf: () => [
      EditorState.tabSize.of(4),
      placeholder("Empty: a policy begins with `package org` and its policy_name"),
      language.of(rego(names)),
      autocompletion({ override: [regoCompletion(() => builtins, () => wiring.input(), configSnippets)] }),
    ],
    follow() {},
  });
  return {
    texts,
    learn(capabilities) {
      builtins = builtinCompletions(capabilities.builtins);
      names = new Set(capabilities.builtins.map(({ name }) => name));
      texts.view.dispatch({ effects: language.reconfigure(rego(names)) });
    },
  };
}
