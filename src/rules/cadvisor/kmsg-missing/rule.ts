// Without /dev/kmsg cAdvisor counts no OOM kills; everything else works.
import { byHand } from "../../by-hand.ts";
import { textRule } from "../../text-rule.ts";

export const rule = textRule({
  id: "cadvisor/kmsg-missing",
  title: "cAdvisor has no /dev/kmsg, so it counts no OOM kills (container_oom_events_total stays 0)",
  why: "cAdvisor reads OOM kills from the kernel's log device. Without it that one counter stays 0; all other metrics are fine, so this matters only to those who watch it.",
  severity: "notice",
  component: "cadvisor",
  layer: "permissions",
  nature: "habit",
  effect: "none",
  texts: ["Could not configure a source for OOM detection, disabling OOM events", "open /dev/kmsg:"],
  says: ({ line }) =>
    `container_oom_events_total stays 0, because cAdvisor may not open /dev/kmsg (${/not permitted|denied/.test(line.text) ? "not permitted" : "the device is not passed to the container"})`,
  references: ["https://github.com/google/cadvisor/issues/2150"],
  fix: () =>
    byHand(
      "Pass the device: devices: [/dev/kmsg] (docker run --device /dev/kmsg)",
      "In the compose file of cAdvisor",
    ),
});
