// The option `--allow-net`: the hosts that `http.send` and `net.lookup_ip_addr` of a policy may ask. None without it.

import { lookup } from "node:dns/promises";
import { RegateError } from "../errors.js";
import type { HostBuiltin, PolicyFunctions } from "../host-functions.js";
import { httpSend, type HttpSendRequest } from "../http-send.js";
import { CliFailure } from "./failure.js";

/** How `--help` says it. */
export const ALLOW_NET_USAGE = `  --allow-net HOST[,HOST]
                        Hosts that http.send and net.lookup_ip_addr may ask, such as api.example.com or ::1, without a
                        port; redirects lead to these alone. Without it no policy reaches the network`;

/** What is granted, and what answers. */
export interface Net {
  hostBuiltins: readonly HostBuiltin[];
  functions: PolicyFunctions;
}

/** The network as far as hosts are allowed; none where no host is given. A query is asked for its value once more: each call is made once. */
export function netOf(options: readonly string[]): Net | undefined {
  if (options.length === 0) return undefined;
  const hosts = options.flatMap((option) => option.split(",")).map(hostOf);
  const isAllowed = (name: string): boolean => hosts.includes(normal(name));
  const send = httpSend({ allow: ({ hostname }) => isAllowed(hostname) });
  const look = async (name: string): Promise<string[]> => {
    if (!isAllowed(name)) throw new RegateError("request_refused", `unallowed host: ${name}`);
    return await addressesOf(name);
  };
  return {
    hostBuiltins: ["http.send", "net.lookup_ip_addr"],
    functions: { "http.send": once((request: HttpSendRequest) => send(request)), "net.lookup_ip_addr": once(look) },
  };
}

/** What answers a policy that calls these functions. A query may replace those that nobody at a terminal can answer for. */
export function functionsFor(net: Net, called: readonly string[]): PolicyFunctions {
  const unanswered = (): never => {
    throw new RegateError("host_not_asked", "nobody at a terminal answers for it");
  };
  return { ...Object.fromEntries(called.map((name) => [name, unanswered])), ...net.functions };
}

function once<Argument, Given>(act: (argument: Argument) => Promise<Given>): (argument: Argument) => Promise<Given> {
  const given = new Map<string, Promise<Given>>();
  return (argument) => {
    const key = JSON.stringify(argument);
    const known = given.get(key) ?? act(argument);
    given.set(key, known);
    return known;
  };
}

async function addressesOf(name: string): Promise<string[]> {
  try {
    return (await lookup(name, { all: true })).map(({ address }) => address);
  } catch {
    throw new Error(`lookup ${name}: no such host`);
  }
}

function hostOf(given: string): string {
  const host = normal(given.trim());
  // A port, a scheme or a path would never match anything.
  const address = `http://${host.includes(":") ? `[${host}]` : host}/`;
  if (URL.canParse(address) && normal(new URL(address).host) === host) return host;
  throw new CliFailure(`--allow-net takes names or addresses of hosts, without scheme and port, such as api.example.com, not \`${given}\``);
}

// A URL has an IPv6 address in brackets.
function normal(host: string): string {
  return host.toLowerCase().replace(/^\[(.*)\]$/, "$1");
}
