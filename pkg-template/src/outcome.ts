// What an evaluation on the fast path left at the door: a number where a number says it, else a text. `src/api/outcome.rs` writes it.

import type { Engine } from "./engine.js";

/** An answer that crossed as a number, with what it took. */
export type ShortAnswer = { steps: number; memory_units: number } & ({ defined: true; value: boolean } | { defined: false });

const UNDEFINED = 0;
const FALSE = 1;
const TRUE = 2;

/** Takes what the last evaluation of an engine left, which said how it ended: an answer, or the JSON text of the operation `evaluate`. */
export function takenOutcome(engine: Engine, outcome: number): ShortAnswer | string {
  switch (outcome) {
    case UNDEFINED:
      return { defined: false, steps: engine.steps(), memory_units: engine.memory_units() };
    case FALSE:
    case TRUE:
      return { defined: true, value: outcome === TRUE, steps: engine.steps(), memory_units: engine.memory_units() };
    default:
      return engine.take_text();
  }
}
