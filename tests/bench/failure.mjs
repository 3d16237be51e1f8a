// The one kind of failure that needs no stack.

/** A benchmark that cannot go on, in a sentence for the person who started it. */
export class BenchFailure extends Error {}

/** A reason why one part of a benchmark cannot be measured here. The rest goes on. */
export class NotRun extends Error {}
