// With Docker Desktop the exporter sees the small VM that runs the containers, not the laptop.
import type { FindingDraft } from "../../../model/finding.ts";
import { defineRule } from "../../../model/rule.ts";
import { byHand } from "../../by-hand.ts";

export const rule = defineRule({
  id: "node-exporter/virtual-machine-of-docker-desktop",
  title: "node-exporter runs in Docker Desktop and measures its Linux VM, not the Mac or Windows machine",
  why: "Docker Desktop (also Rancher Desktop, Colima, OrbStack) runs containers in a virtual machine. /proc, /sys and / inside are that VM's, whatever is mounted: its memory limit, its disk image, its network. The real machine needs an exporter of its own.",
  severity: "warning",
  component: "node-exporter",
  layer: "config",
  nature: "cause",
  effect: "no-data-in",
  needs: [],
  needsAny: ["docker.engines", "metrics.samples"],
  rivals: [
    {
      rule: "node-exporter/rootfs-flag-missing",
      tellApart: "that is about the container's file systems on a Linux host",
    },
  ],
  decideWith: "docker info -f '{{.OperatingSystem}}'; curl -s HOST:9100/metrics | grep ^node_uname_info",
  references: ["https://github.com/prometheus/node_exporter#docker", "https://docs.docker.com/desktop/"],
  check({ "docker.engines": engines, "metrics.samples": samples }, stack) {
    const exporter = stack.components.find(
      ({ kind, docker }) => kind === "node-exporter" && docker !== undefined,
    );
    const engine = engines.find((entry) => isDesktop(`${entry.operatingSystem} ${entry.kernelVersion}`));
    const uname = samples.find(
      ({ name, labels }) => name === "node_uname_info" && isDesktop(`${labels.nodename} ${labels.release}`),
    );
    if (!uname && !(engine && exporter)) return [];
    const finding: FindingDraft = {
      subject: { kind: "component", id: exporter?.id ?? "node-exporter" },
      ...(exporter ? { component: exporter.id } : {}),
      says: `node-exporter runs inside ${engine?.operatingSystem ?? "Docker Desktop"} (${uname?.labels.nodename ?? engine?.kernelVersion ?? "linuxkit"}): all host values are those of its Linux VM; run an exporter on the machine itself`,
      proof: [
        ...(uname ? [uname.at] : []),
        ...(engine ? [engine.fieldsAt?.operatingSystem ?? engine.at] : []),
      ],
      certainty: "proven",
    };
    return [finding];
  },
  fix: () =>
    byHand(
      "Install the exporter natively (macOS: brew install node_exporter; Windows: windows_exporter) and scrape host.docker.internal:9100 (windows_exporter: 9182)",
      "On the machine itself",
    ),
});

function isDesktop(text: string): boolean {
  return /docker desktop|docker-desktop|linuxkit|rancher desktop|lima-|colima|orbstack/i.test(text);
}
