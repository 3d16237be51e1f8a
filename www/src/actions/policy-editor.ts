// The editor of the policies, for each policy and each version of it; a text is coloured as what it is.
import { json } from "@codemirror/lang-json";
import { Compartment, EditorState } from "@codemirror/state";
import { placeholder, type EditorView } from "@codemirror/view";
import { TextsEditor, type TextsEditorWiring } from "../texts-editor";
import { yaml } from "../yaml-language";
import { formatOf, type PolicyFormat } from "./policy-format";

export function policyEditor(parent: HTMLElement, wiring: TextsEditorWiring): TextsEditor {
  const language = new Compartment();
  let shown: PolicyFormat = "yaml";
  return new TextsEditor(parent, {
    ...wiring,
    label: "Action policy",
    extensionsOf(text) {
      shown = formatOf(text);
      return [EditorState.tabSize.of(2), placeholder("Empty: write the policy as YAML or JSON"), language.of(languageOf(shown))];
    },
    follow(view: EditorView) {
      const format = formatOf(view.state.doc.toString());
      const isRight = format === shown;
      shown = format;
      if (!isRight) view.dispatch({ effects: language.reconfigure(languageOf(format)) });
    },
  });
}

function languageOf(format: PolicyFormat) {
  return format === "json" ? json() : yaml();
}
