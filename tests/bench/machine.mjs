// On what the figures were measured.

import os from "node:os";

export function machine() {
  const processors = os.cpus();
  return {
    cpu: processors[0]?.model.trim() ?? "unknown",
    cores: processors.length,
    memory_gib: Math.round(os.totalmem() / 2 ** 30),
    system: `${os.type()} ${os.release()} ${os.arch()}`,
    node: process.version,
    v8: process.versions.v8,
    // Above the number of cores, others worked at the same time: read ratios, not times.
    load_at_start: Number(os.loadavg()[0].toFixed(1)),
  };
}
