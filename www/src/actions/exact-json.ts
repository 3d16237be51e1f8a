// Reads JSON without rounding integers: an order number of twenty digits stays what it is, as a BigInt.

/** What a reviver is told beside key and value, in browsers that know it. */
interface Source {
  source?: string;
}

const LONG_INTEGER = /^-?\d{16,}$/;

/** The value of a JSON text. Throws what `JSON.parse` throws. */
export function exactJson(text: string): unknown {
  // The reviver is slow, and hardly a text needs it.
  if (!/\d{16}/.test(text)) return JSON.parse(text);
  const reviver = (_: string, value: unknown, context?: Source): unknown => {
    const source = context?.source;
    if (typeof value !== "number" || source === undefined || !LONG_INTEGER.test(source)) return value;
    return Number.isSafeInteger(value) ? value : BigInt(source);
  };
  return JSON.parse(text, reviver);
}
