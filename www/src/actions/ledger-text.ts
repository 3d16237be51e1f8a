// The bytes of a ledger's file as the page reads them: as the command line does, with the JSON reader of browsers.
import { readLedger as read, type Ledger } from "../../../pkg-template/src/ledger-text";
import { exactJson } from "./exact-json";

export { LedgerError, type EntrySeen, type Ledger } from "../../../pkg-template/src/ledger-text";

/** The text of a file: UTF-8, or UTF-16 where it begins with that mark, as shells of Windows write it. */
export function textOf(bytes: Uint8Array): string {
  const isUtf16 = (bytes[0] === 0xff && bytes[1] === 0xfe) || (bytes[0] === 0xfe && bytes[1] === 0xff);
  return new TextDecoder(isUtf16 ? (bytes[0] === 0xff ? "utf-16le" : "utf-16be") : "utf-8").decode(bytes);
}

export function readLedger(text: string): Ledger {
  return read(text, exactJson);
}
