// What calls have spent and hold, summed up from the reservations: simple, slow, and without the engine's accounts.

const usd = (amount) => Math.round(Number(amount) * 1e6);

/** A key of several parts. */
export const parts = (...words) => words.map((word) => word ?? "").join("|");

/** Sums by session, by run, by action; slots of rates and uses of exceptions; and the same by the keys of accounts. */
export function spendingOf(known, records) {
  const sums = { session: new Map(), run: new Map(), action: new Map(), slots: new Map(), uses: new Map(), spent: new Map(), held: new Map() };
  const add = (map, key, amount) => map.set(key, (map.get(key) ?? 0) + amount);
  for (const call of records.action_reservation?.values() ?? []) {
    const isMade = call.status === "open" || call.status === "settled";
    // A hold whose time was up for anybody is no hold any more.
    const isHeld = call.status === "held" && call.expires_at_ms > known.latest;
    if (!isMade && !isHeld) continue;
    const { id, session, run, action, amount } = call;
    // A run that began anew has forgotten what it spent, and not what it holds.
    const isOfRun = isHeld || known.ofRun.get(id) === (known.epochs.get(parts(session, run)) ?? 0);
    add(sums.session, session, usd(amount));
    if (isOfRun) add(sums.run, parts(session, run), usd(amount));
    add(sums.action, parts(session, action), usd(amount));
    if (call.took_slot) sums.slots.set(parts(session, action), [...(sums.slots.get(parts(session, action)) ?? []), known.times.get(id)]);
    for (const [, exception] of call.exceptions) add(sums.uses, exception, 1);
    const accounts = [`session/${session}`, ...(isOfRun ? [`run/${session}/${run === null ? "" : `run/${run}`}`] : [])];
    for (const account of accounts) {
      if (isHeld) sums.held.set(account, [...(sums.held.get(account) ?? []), id]);
      if (!isMade) continue;
      add(sums.spent, account, usd(amount));
      add(sums.spent, `${account} ${action}`, usd(amount));
    }
  }
  return sums;
}
