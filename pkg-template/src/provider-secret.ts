// Stores a provider's secret: the engine says who may, the host keeps it, and a record says that there is one.

import { RegateError } from "./errors.js";
import type { Host } from "./host.js";
import type { Asking } from "./host-calls.js";
import { administer } from "./operation.js";
import { RefusedError } from "./refused-error.js";
import type { ExternalCheckProviderSeen } from "./wire.js";

/**
 * Stores a provider's secret with the host, when the engine says that whoever asks may; then records that there is one.
 *
 * INVARIANT (secrets): the secret goes to the host's `storeSecret` and nowhere else: into no question to the engine, no record and
 * no error. What the host's function throws may name the secret, so it is not passed on either.
 */
export async function storeProviderSecret(id: string, secret: unknown, host: Host, asking: Asking): Promise<ExternalCheckProviderSeen> {
  if (typeof secret !== "string" || secret.trim() === "") {
    throw new RefusedError({ code: "invalid_request", message: "a provider's secret is a text that is not empty" });
  }
  await administer({ authorize_provider_secret: { id } }, host, asking);
  if (host.storeSecret === undefined) {
    throw new RefusedError({ code: "not_implemented", message: "this host keeps no secrets: it has no storeSecret()" });
  }
  try {
    await host.storeSecret(id, secret);
  } catch {
    throw new RegateError("host_failed", "the host's storeSecret() failed");
  }
  return (await administer({ record_provider_secret: { id } }, host, asking)) as ExternalCheckProviderSeen;
}
