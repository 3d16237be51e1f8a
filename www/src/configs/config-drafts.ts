// What survives a reload: the files of policies, the texts beside them, the tests, the query and the settings.
import { DraftStore } from "../draft-store";
import type { GivenPart } from "./config-operations";

/** A file of the page; its id stays when it is renamed. */
export interface FileDraft {
  id: string;
  path: string;
  text: string;
}

export interface ConfigSettings {
  /** The id of the file that is shown. */
  file: string;
  part: GivenPart;
  /** Which tests are run: a pattern, or blank. */
  run: string;
}

export interface ConfigDraft {
  files: FileDraft[];
  config: string;
  meta: string;
  compiled: string;
  tests: string;
  query: string;
  settings: ConfigSettings;
}

/** Opens the store; `told` is called whenever it changes whether what is saved is kept. */
export function openConfigDrafts(told: (kept: boolean) => void): Promise<DraftStore<ConfigDraft>> {
  const checks = { files: areFiles, config: isText, meta: isText, compiled: isText, tests: isText, query: isText, settings: areSettings };
  return DraftStore.open<ConfigDraft>("regate-configs", checks, told);
}

function isText(value: unknown): value is string {
  return typeof value === "string";
}

function areFiles(value: unknown): value is FileDraft[] {
  return Array.isArray(value) && value.length > 0 && value.every(isFile);
}

function isFile(value: unknown): value is FileDraft {
  if (value === null || typeof value !== "object") return false;
  const { id, path, text } = value as Partial<Record<keyof FileDraft, unknown>>;
  return isText(id) && isText(path) && isText(text);
}

function areSettings(value: unknown): value is ConfigSettings {
  if (value === null || typeof value !== "object") return false;
  const { file, part, run } = value as Partial<Record<keyof ConfigSettings, unknown>>;
  return isText(file) && (part === "config" || part === "meta" || part === "compiled") && isText(run);
}
