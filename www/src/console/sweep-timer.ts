// Sweeps when the next thing is up, and whenever something changed that may be up earlier.
import type { ConsoleClient } from "./console-client";
import type { SweepReport } from "./console-operations";

const LONGEST_MS = 10 * 60_000;
const SHORTEST_MS = 500;

export class SweepTimer {
  readonly #client: ConsoleClient;
  readonly #swept: (report: SweepReport) => void;
  #timer: number | undefined;

  /** `swept` is told of a sweep that the timer began and that did something. */
  constructor(client: ConsoleClient, swept: (report: SweepReport) => void) {
    this.#client = client;
    this.#swept = swept;
  }

  /** Sweeps now, and sets the timer for what is up next. */
  async sweep(): Promise<SweepReport> {
    const report = await this.#client.sweep();
    window.clearTimeout(this.#timer);
    if (report.next_at_ms !== null) {
      const wait = report.next_at_ms - (await this.#client.now());
      window.clearTimeout(this.#timer);
      this.#timer = window.setTimeout(() => void this.#byItself(), Math.min(LONGEST_MS, Math.max(SHORTEST_MS, wait)));
    }
    return report;
  }

  async #byItself(): Promise<void> {
    try {
      const report = await this.sweep();
      if (report.swept.length > 0 || report.failed > 0) this.#swept(report);
    } catch {
      // The next change of anything, or the next look at this tab, sweeps again.
    }
  }
}
