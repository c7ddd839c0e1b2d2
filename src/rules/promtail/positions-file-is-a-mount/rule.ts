// The positions file itself is the mount point.
import { textRule } from "../../text-rule.ts";

export const rule = textRule({
  id: "promtail/positions-file-is-a-mount",
  title: "Promtail's positions file is bind-mounted as a single file, which cannot be replaced",
  why: "The file is written by renaming a new one over it. A rename over a mount point is refused with `device or resource busy`.",
  severity: "warning",
  component: "promtail",
  layer: "config",
  nature: "cause",
  effect: "none",
  texts: ["error writing positions file…device or resource busy"],
  from: ["promtail", "alloy"],
  says: () =>
    "Positions cannot be saved (device or resource busy): the file itself is mounted; mount its directory",
  decideWith: "docker inspect -f '{{json .Mounts}}' PROMTAIL",
  references: ["https://github.com/grafana/loki/issues/2361"],
  fix: () => ({
    summary: "Mount the directory that holds the positions file, not the file",
    risk: "disruptive",
    steps: [{ do: "by-hand", title: "In the compose file", command: "- ./promtail-data:/var/lib/promtail" }],
  }),
});
