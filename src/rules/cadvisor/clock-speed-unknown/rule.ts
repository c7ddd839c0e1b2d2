// An old cAdvisor ends on processors that do not tell their speed.
import { byHand } from "../../by-hand.ts";
import { textRule } from "../../text-rule.ts";

export const rule = textRule({
  id: "cadvisor/clock-speed-unknown",
  title:
    "cAdvisor ends because it cannot detect the CPU's clock speed (old version on ARM or a virtual machine)",
  why: "/proc/cpuinfo of ARM boards and some hypervisors has no `cpu MHz`. Old cAdvisors took that for fatal; newer ones go on.",
  severity: "critical",
  component: "cadvisor",
  layer: "version",
  nature: "cause",
  effect: "down",
  phase: "ready",
  from: ["cadvisor"],
  texts: ["could not detect clock speed from output", "could not parse number of cores"],
  says: () =>
    "cAdvisor cannot detect the CPU's clock speed from /proc/cpuinfo and ends: this version is too old for the machine (ARM, virtual CPU)",
  decideWith: "uname -m; grep -c MHz /proc/cpuinfo; docker inspect -f '{{.Config.Image}}' CADVISOR",
  references: ["https://github.com/google/cadvisor/issues/1236"],
  fix: () =>
    byHand(
      "Use a current multi-architecture image: ghcr.io/google/cadvisor (0.53.0 or newer)",
      "In the compose file",
    ),
});
