// The statuses in which a run has ended.

export const TERMINAL = ["completed", "rejected", "aborted", "failed"];
