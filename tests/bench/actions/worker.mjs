// The Worker that decides: one organisation in the memory of its isolate, and an act for each request.

import { BenchFailure } from "../failure.mjs";
import { Lane } from "./lane.mjs";
import { instantiate } from "../../../target/package-modules/engine.js";
import module from "regate/engine.wasm";

let lane;

const ACTS = {
  nothing: () => null,
  async fill({ policies, records }) {
    lane = new Lane();
    await lane.fill(policies, records);
    return null;
  },
  records: () => lane.records(),
  compare({ exchanges }) {
    lane.compare(new (instantiate(module).Engine)(), exchanges);
    return null;
  },
  async perform({ operation, part, calls }) {
    await lane.perform(operation, part, calls);
    return null;
  },
};

export default {
  async fetch(request) {
    const { act, ...fields } = await request.json();
    try {
      return Response.json({ ok: await ACTS[act](fields) });
    } catch (error) {
      return Response.json({ error: error instanceof BenchFailure ? error.message : error.stack });
    }
  },
};
