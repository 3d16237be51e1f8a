// What an evaluation on the fast path left at the door: numbers, and the text of a value that is no boolean. `src/api/outcome.rs` writes it.

import type { Engine } from "./engine.js";
import { parseAnswer, type Numbers } from "./json-answer.js";

/** What was left, and is nobody else's. */
export interface Taken {
  outcome: number;
  /** The JSON text of the value, or of what the operation `evaluate` gives where there is no answer. */
  text: string;
  steps: number;
  memory_units: number;
}

const UNDEFINED = 0;
const FALSE = 1;
const TRUE = 2;
const TEXT = 3;
const VALUE = 4;

/** Takes what the last evaluation of an engine left, which said how it ended. */
export function takenOutcome(engine: Engine, outcome: number): Taken {
  const text = outcome >= TEXT ? engine.take_text() : "";
  return { outcome, text, steps: engine.steps(), memory_units: engine.memory_units() };
}

/** The answer that was left; undefined where there is none, and the text says why. */
export function answerOf({ outcome, text, steps, memory_units }: Taken, numbers: Numbers): object | undefined {
  switch (outcome) {
    case UNDEFINED:
      return { defined: false, steps, memory_units };
    case FALSE:
    case TRUE:
      return { defined: true, value: outcome === TRUE, steps, memory_units };
    case VALUE:
      return { defined: true, value: parseAnswer(text, numbers), steps, memory_units };
    default:
      return undefined;
  }
}
