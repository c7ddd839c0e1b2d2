// The agent cannot store how far it has read.

import { byHand } from "../../by-hand.ts";
import { textRule } from "../../text-rule.ts";

export const rule = textRule({
  id: "promtail/positions-not-writable",
  title:
    "The log agent cannot write its positions file (permission denied or read-only file system), so after a restart it reads everything again",
  why: "Positions are written to a temporary file beside the configured one and renamed. The folder must belong to the agent's user and be writable; a read-only root file system, a root-owned host folder or a mounted ConfigMap is not. Logs flow, until the next restart sends them all again.",
  severity: "warning",
  component: "promtail",
  layer: "permissions",
  nature: "cause",
  effect: "none",
  phase: "run",
  from: ["promtail", "alloy"],
  texts: [
    "error writing positions file…permission denied",
    "error writing positions file…read-only file system",
    "error writing positions file…no such file or directory",
    "error writing positions file…no space left on device",
  ],
  says: ({ line }) => {
    const path = /open (\S+?)\.?\w*: (?:permission|read-only|no )/.exec(line.text)?.[1];
    const why = /permission denied/.test(line.text)
      ? "permission denied: the folder belongs to another user"
      : /read-only/.test(line.text)
        ? "the file system is read-only: no volume is mounted there"
        : /no space/.test(line.text)
          ? "no space left on the volume"
          : "the folder does not exist";
    return `The positions file${path ? ` (${path})` : ""} cannot be written: ${why}`;
  },
  rivals: [
    {
      rule: "promtail/positions-file-is-a-mount",
      tellApart: "there the rename fails: device or resource busy",
    },
    {
      rule: "promtail/positions-not-persisted",
      tellApart: "there it is written and lost with the container",
    },
  ],
  decideWith: "ls -ldn DIRECTORY; grep -A1 positions promtail.yaml",
  references: ["https://grafana.com/docs/loki/latest/send-data/promtail/configuration/#positions"],
  fix: () =>
    byHand(
      "Mount a volume that the agent's user may write and put positions.filename there (/run/promtail in the chart), or chown the host folder",
      "On the host or in the manifest",
    ),
});
