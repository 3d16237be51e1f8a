// Times as people write them on a command line, as RFC 3339 in UTC where no zone is said.

import { CliFailure } from "./failure.js";

const AMBIGUOUS = "This date has ambiguous mm/dd vs dd/mm type format";
const MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
const TIME = String.raw`(?:[T ,]+(?<hour>\d{1,2}):(?<minute>\d{2})(?::(?<second>\d{2})(?<fraction>\.\d{1,9})?)?)?`;
const ZONE = String.raw`\s*(?<zone>Z|UTC|GMT|[+-]\d{2}:?\d{2})?`;
const spelling = (date: string): RegExp => new RegExp(`^${date}${TIME}${ZONE}$`, "i");

const SPELLINGS = [
  spelling(String.raw`(?<year>\d{4})([-/.])(?<month>\d{1,2})\2(?<day>\d{1,2})`),
  spelling(String.raw`(?<year>\d{4})(?<month>\d{2})(?<day>\d{2})`),
  spelling(String.raw`(?:[a-z]{3,9},? )?(?<day>\d{1,2})(?:st|nd|rd|th)?[ -](?<name>[a-z]{3,9})\.?,?[ -](?<year>\d{4})`),
  spelling(String.raw`(?<name>[a-z]{3,9})\.? (?<day>\d{1,2})(?:st|nd|rd|th)?,? (?<year>\d{4})`),
];

/** The value of an option that is a time. */
export function readTime(option: string, given: string | undefined): string | undefined {
  if (given === undefined) return undefined;
  const wrong = (why: string): CliFailure => new CliFailure(`error in parsing --${option} value: ${why}`);
  const text = given.trim();
  if (/^\d{1,2}[-/.]\d{1,2}[-/.]\d{2,4}(?!\d)/.test(text)) throw wrong(AMBIGUOUS);
  const at = /^\d{10}$/.test(text) ? Number(text) * 1000 : /^\d{13}$/.test(text) ? Number(text) : spelled(text);
  if (at === undefined) throw wrong(`Could not find format for "${given}"`);
  return new Date(at).toISOString().replace(".000Z", "Z");
}

function spelled(text: string): number | undefined {
  for (const one of SPELLINGS) {
    const parts = one.exec(text)?.groups;
    if (parts !== undefined) return momentOf(parts);
  }
  return undefined;
}

function momentOf({ year, month, name, day, hour = "0", minute = "0", second = "0", fraction = "", zone = "Z" }: { [part: string]: string | undefined }): number | undefined {
  const at = name === undefined ? Number(month) - 1 : MONTHS.indexOf(name.slice(0, 3).toLowerCase());
  const [years, days, hours, minutes, seconds] = [Number(year), Number(day), Number(hour), Number(minute), Number(second)];
  const moment = new Date(Date.UTC(years, at, days, hours, minutes, seconds));
  // A day that the month has not would be one of the next month.
  const isThere = at >= 0 && moment.getUTCMonth() === at && moment.getUTCDate() === days && hours < 24 && minutes < 60 && seconds < 60;
  if (!isThere) return undefined;
  return moment.getTime() + Math.trunc(Number(`0${fraction}`) * 1000) - offsetOf(zone);
}

// In milliseconds to the east.
function offsetOf(zone: string): number {
  const [, sign, hours, minutes] = /^([+-])(\d{2}):?(\d{2})$/.exec(zone) ?? [];
  if (sign === undefined) return 0;
  return (sign === "-" ? -1 : 1) * (Number(hours) * 60 + Number(minutes)) * 60_000;
}
