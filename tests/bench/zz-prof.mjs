import { workloads } from "./workloads.mjs";
import * as regate from "./engines/regate.mjs";
import { init } from "regate";
await init();
const [id, form, times] = process.argv.slice(2);
const w = workloads().find((w) => w.id === id);
const f = regate.contestants(w)[form];
const inputs = form === "text" ? w.inputs.map((i) => JSON.stringify(i)) : w.inputs;
for (let i = 0; i < Number(times); i++) f(inputs[i % inputs.length]);
