// The examples of policies of configurations that the package ships, with a configuration, its metadata and tests.
import compiled from "../../../pkg-template/examples/configs/compiled.yml?raw";
import config from "../../../pkg-template/examples/configs/config.yml?raw";
import meta from "../../../pkg-template/examples/configs/meta.json?raw";

const policyFiles = import.meta.glob<string>("../../../pkg-template/examples/configs/*.rego", { query: "?raw", import: "default", eager: true });

export interface ExamplePolicyFile {
  file: string;
  text: string;
  /** The first comment. */
  purpose: string;
}

export const exampleGiven = { config, meta, compiled };

export const examplePolicyFiles: ExamplePolicyFile[] = Object.entries(policyFiles)
  .map(([path, text]) => ({ file: path.split("/").at(-1) ?? path, text, purpose: /^# ?(.*)$/m.exec(text)?.[1] ?? "" }))
  .sort((a, b) => (a.file < b.file ? -1 : 1));
