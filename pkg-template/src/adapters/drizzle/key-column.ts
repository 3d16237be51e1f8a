// Text of any kind as a column that is compared: SQLite cannot tell all texts of JS apart.

// INVARIANT (one to one): different texts are different columns. SQLite's JSON functions end a text at U+0000, and half of a
// surrogate pair has no UTF-8 (libsql aborts the program when it reads one). U+0001 begins what stands for these, and for itself.

/** What stands in a column for a partition, a kind, a key or an idempotency key. */
export function columnOfKey(key: string): string {
  return key.replaceAll(/[\u0000\u0001]|\p{Surrogate}/gu, (unit) => `\u0001${unit.charCodeAt(0).toString(16).padStart(4, "0")}`);
}

/** The text that a column stands for. */
export function keyOfColumn(column: string): string {
  return column.replaceAll(/\u0001([0-9a-f]{4})/g, (_, digits: string) => String.fromCharCode(Number.parseInt(digits, 16)));
}
