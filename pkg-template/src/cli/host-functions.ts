// The option `--host-functions`: a file that declares the functions that a program adds to the builtins.

import { RegateError } from "../errors.js";
import type { HostFunction } from "../wire.js";
import { nameOf, readJsonArray } from "./files.js";

/** How `--help` says it. */
export const HOST_FUNCTIONS_USAGE = `  --host-functions FILE
                        The functions that your program adds to the builtins, a JSON array such as
                        [{"name": "acme.owner", "arguments": ["id: string"], "result": "string"}]`;

/** The functions that a file declares; none where no file is given. What is wrong in one is said by whoever takes them. */
export async function readHostFunctions(path: string | undefined): Promise<HostFunction[]> {
  return path === undefined ? [] : ((await readJsonArray(path, "the host functions")) as HostFunction[]);
}

const PLACE = "/host_functions";

/** Does something with declarations. What is wrong with them is said with the name of their file. */
export function aboutHostFunctions<T>(path: string | undefined, act: () => T): T {
  try {
    return act();
  } catch (thrown) {
    if (path === undefined || !(thrown instanceof RegateError) || thrown.path?.startsWith(PLACE) !== true) throw thrown;
    throw new RegateError(thrown.code, `${nameOf(path)}: ${thrown.message}`, { ...thrown, path: thrown.path.slice(PLACE.length) });
  }
}

/** Asks a policy. That it comes to a function of the host is said with what can be done about it at a terminal. */
export async function withoutHost<T>(ask: () => Promise<T>): Promise<T> {
  try {
    return await ask();
  } catch (thrown) {
    if (!(thrown instanceof RegateError) || thrown.code !== "host_not_asked") throw thrown;
    if (/`(http\.send|net\.lookup_ip_addr)`/.test(thrown.message)) {
      throw new RegateError(thrown.code, thrown.message, { help: "name the hosts that it may ask: regate eval --allow-net api.example.com" });
    }
    throw new RegateError(thrown.code, thrown.message, { help: "say in a query what it gives: regate eval 'data.app.allow with acme.owner as \"ada\"'" });
  }
}
