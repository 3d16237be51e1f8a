// The button that ends what the engine does: it can be pressed only while something takes longer than a moment.
import type { EngineClient } from "./engine-client";

const STOP_SHOWN_MS = 500;

/** Wires the button to the engine. Work that is handed to what this returns can be ended by it, and comes back as it was. */
export function wireStopButton(button: HTMLButtonElement, engine: EngineClient): <T>(work: Promise<T>) => Promise<T> {
  let running = 0;
  button.addEventListener("click", () => engine.stop());
  return async (work) => {
    running += 1;
    const timer = window.setTimeout(() => (button.disabled = false), STOP_SHOWN_MS);
    try {
      return await work;
    } finally {
      running -= 1;
      window.clearTimeout(timer);
      if (running === 0) button.disabled = true;
    }
  };
}
