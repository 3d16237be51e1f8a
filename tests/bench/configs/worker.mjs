// A Worker that decides as often as it is told. Its clock stands still while code runs: whoever asks takes the time.

import * as regate from "regate";
import { lane } from "./lane.mjs";

let open;

export default {
  async fetch(request) {
    try {
      await regate.init();
      const { act, call, times } = await request.json();
      if (act === "open") {
        open = lane(regate);
        return Response.json({ ok: open.decision });
      }
      for (let i = 0; i < times; i++) open.calls[call]();
      return Response.json({ ok: times });
    } catch (error) {
      return Response.json({ error: String(error?.stack ?? error) });
    }
  },
};
