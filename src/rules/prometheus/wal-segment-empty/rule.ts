// A segment of zero bytes: created when the disk was full, never filled.
import { textRule } from "../../text-rule.ts";

export const rule = textRule({
  id: "prometheus/wal-segment-empty",
  title: "A WAL segment is empty (zero bytes), left behind by a full disk",
  why: "The segment file was created but nothing could be written to it. Early 2.0 versions cannot read it at the next start even though space is free again; later ones repair it.",
  severity: "critical",
  component: "prometheus",
  layer: "storage",
  nature: "cause",
  effect: "down",
  phase: "replay",
  texts: ["validate meta {file*}: EOF", "Opening storage failed…validate meta…EOF"],
  says: ({ captures }) =>
    `The WAL segment ${(captures.file ?? "").replace(/[\\"]/g, "") || "named in the log"} ends at once (EOF): it has zero bytes`,
  decideWith: "ls -l DATA_DIRECTORY/wal",
  references: ["https://github.com/prometheus/prometheus/issues/3283"],
  fix: () => ({
    summary: "Delete the empty segment file and upgrade Prometheus",
    risk: "destructive",
    steps: [{ do: "by-hand", title: "Find it", command: "find DATA_DIRECTORY/wal -size 0" }],
  }),
});
