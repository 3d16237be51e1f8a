// The one kind of failure that needs no stack.

/** A benchmark that cannot go on, in a sentence for the person who started it. */
export class BenchFailure extends Error {}
