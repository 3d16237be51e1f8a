// What can be chosen to be decided on: the example as it is, and what of it is changed.
import type { GivenTexts } from "./config-operations";
import { exampleGiven } from "./example-files";

export interface Situation {
  name: string;
  title: string;
  texts: GivenTexts;
}

type Change = (text: string) => string;

const DEPLOYING = "7d9be0e4-52a3-4f1b-8b5f-4f5a0f7c2d11";

const ofDeployingProject: Change = (meta) => meta.replace(/(?<="project_id": ")[^"]*/, DEPLOYING);
const onMain: Change = (meta) => meta.replace(/(?<="branch": ")[^"]*/, "main");
const withVersion: Change = (config) => config.replace("webshop/deploy:latest", "webshop/deploy:1.8");
const onOwnMachine: Change = (config) => config.replace(/(?<=\n {2}deploy:\n)/, "    resource_class: webshop/large\n");

function situation(name: string, title: string, changes: Partial<Record<keyof GivenTexts | "both", Change>>): Situation {
  const { config, meta, compiled } = exampleGiven;
  const same: Change = (text) => text;
  const both = changes.both ?? same;
  return {
    name,
    title,
    texts: { config: both((changes.config ?? same)(config)), meta: (changes.meta ?? same)(meta), compiled: both((changes.compiled ?? same)(compiled)) },
  };
}

/** The first is what a first visit finds. */
export const situations: readonly Situation[] = [
  situation("foreign", "A project that may not deploy", {}),
  situation("deploying", "A project that may deploy", { meta: ofDeployingProject }),
  situation("main", "The same on the branch main", { meta: (text) => onMain(ofDeployingProject(text)) }),
  situation("sound", "With images that have versions", { meta: ofDeployingProject, both: withVersion }),
  situation("machine", "With a machine of another project", { both: (text) => onOwnMachine(withVersion(text)) }),
  situation("written", "As it is written, not compiled", { compiled: () => "" }),
];
