// What the caller did wrong: a status from 400 to 499, and an error for a person.

/** A request that cannot be decided on. It is no decision, and never a reason to go on. */
export class Refusal extends Error {
  readonly status: number;
  readonly code: string;
  readonly help: string | undefined;
  readonly limit: { name: string; value: number } | undefined;
  readonly path: string | undefined;

  constructor(
    status: number,
    error: { code: string; message: string; help?: string | undefined; limit?: { name: string; value: number } | undefined; path?: string | undefined },
  ) {
    super(error.message);
    this.status = status;
    this.code = error.code;
    this.help = error.help;
    this.limit = error.limit;
    this.path = error.path;
  }
}
