// The start-up warning on its own: worth moving, not what is broken now.
import { textRule } from "../../text-rule.ts";

export const rule = textRule({
  id: "prometheus/network-filesystem-warning",
  title: "Prometheus warns that its data directory is on an unsupported file system",
  why: "NFS and its relatives lack guarantees the TSDB relies on. It works until a lock, a rename or a flush goes wrong.",
  severity: "notice",
  component: "prometheus",
  layer: "storage",
  nature: "habit",
  effect: "none",
  texts: ["This filesystem is not supported and may lead to data corruption"],
  says: () => "The data directory is on NFS or a similar file system; plan a move to block storage",
  references: ["https://prometheus.io/docs/prometheus/latest/storage/"],
});
