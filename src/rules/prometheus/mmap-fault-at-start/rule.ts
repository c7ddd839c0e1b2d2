// SIGBUS: a mapped file could not be backed by disk blocks.
import { textRule } from "../../text-rule.ts";

export const rule = textRule({
  id: "prometheus/mmap-fault-at-start",
  title: "Prometheus dies with SIGBUS: a memory-mapped file cannot be backed by the disk",
  why: "queries.active and the head chunks are mapped into memory. When the file system cannot supply their blocks (volume full, sparse file, I/O error) the first access ends the process with a fault that looks like a bug.",
  severity: "critical",
  component: "prometheus",
  layer: "storage",
  nature: "cause",
  effect: "down",
  phase: "storage",
  texts: ["[signal SIGBUS: bus error", "unexpected fault address 0x{address}"],
  uses: ["host.disks"],
  says: () =>
    "The process ends with SIGBUS while it touches a mapped file: the volume is full, or its disk has I/O errors",
  decideWith: "df -h DATA_DIRECTORY; dmesg | tail -20",
  references: ["https://github.com/prometheus/prometheus/issues/8298"],
  fix: () => ({
    summary:
      "Free or expand the volume, delete the scratch file queries.active, check the disk for I/O errors",
    risk: "disruptive",
    steps: [
      { do: "by-hand", title: "Look at the disk", command: "df -h DATA_DIRECTORY; dmesg | grep -i error" },
    ],
  }),
});
