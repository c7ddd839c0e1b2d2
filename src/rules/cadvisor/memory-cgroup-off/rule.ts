// The kernel runs without the memory controller: memory of containers is always zero.
import type { FindingDraft } from "../../../model/finding.ts";
import { compilePattern } from "../../../model/pattern.ts";
import { defineRule } from "../../../model/rule.ts";
import { byHand } from "../../by-hand.ts";
import { matches } from "../../line-match.ts";

const texts = [
  "No memory limit support",
  "cgroup_disable=memory",
  "Unable to find memory cgroup in mounted cgroups",
];
const patterns = texts.map(compilePattern);

export const rule = defineRule({
  id: "cadvisor/memory-cgroup-off",
  title:
    "The kernel's memory cgroup is switched off (Raspberry Pi OS and some ARM images), so container memory is always 0",
  why: "Without the memory controller the kernel counts no memory per cgroup: container_memory_* are 0, docker stats shows 0B / 0B and limits have no effect. Raspberry Pi OS starts with cgroup_disable=memory unless cmdline.txt says otherwise.",
  severity: "warning",
  component: "cadvisor",
  layer: "runtime",
  nature: "cause",
  effect: "no-data-in",
  needs: ["text.lines"],
  uses: ["metrics.samples", "docker.engines"],
  texts,
  rivals: [
    {
      rule: "cadvisor/old-image-on-cgroup-v2",
      tellApart: "there the containers are missing altogether, not only their memory",
    },
  ],
  decideWith:
    "docker info 2>&1 | grep 'memory limit'; cat /proc/cgroups /sys/fs/cgroup/cgroup.controllers; cat /proc/cmdline",
  references: [
    "https://github.com/docker/for-linux/issues/1112",
    "https://www.raspberrypi.com/documentation/computers/configuration.html",
  ],
  check({ "text.lines": lines, "metrics.samples": samples }, stack) {
    const line = lines.find((entry) => matches(patterns, entry));
    const memory = samples.filter(({ name }) => /^container_memory_(?:usage|working_set)_bytes$/.test(name));
    const isZero = memory.length > 0 && memory.every(({ value }) => value === 0);
    if (!line || (memory.length > 0 && !isZero)) return [];
    const component = stack.components.find(({ kind }) => kind === "cadvisor");
    // nobody measures containers here, so nothing is missing
    if (!component && !isZero) return [];
    const finding: FindingDraft = {
      subject: { kind: "component", id: component?.id ?? "cadvisor" },
      ...(component ? { component: component.id } : {}),
      says: `The kernel has no memory cgroup (${line.text.trim().slice(0, 80)}): memory of all containers is 0; add cgroup_enable=memory cgroup_memory=1 to the kernel's command line (cmdline.txt) and reboot`,
      proof: [{ ...line.at, excerpt: line.text }, ...(memory[0] && isZero ? [memory[0].at] : [])],
      certainty: isZero || /cgroup_disable/.test(line.text) ? "proven" : "likely",
    };
    return [finding];
  },
  fix: () =>
    byHand(
      "Append cgroup_enable=memory cgroup_memory=1 to the one line of /boot/firmware/cmdline.txt (older: /boot/cmdline.txt) and reboot",
      "On the host",
      "sudo sed -i 's/$/ cgroup_enable=memory cgroup_memory=1/' /boot/firmware/cmdline.txt && sudo reboot",
    ),
});
