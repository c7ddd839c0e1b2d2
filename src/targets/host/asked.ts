// Everything a host may be asked, for the documentation: the same lists that the batches are made from, with names of an example.
import { firstLook } from "./first-look.ts";
import type { HostCommand } from "./host-command.ts";
import { needsEngine, needsRoot, typedText } from "./host-command.ts";
import type { SeenContainer } from "./inspected.ts";
import { secondLook } from "./second-look.ts";

export interface AskedOnHosts {
  readonly command: string;
  readonly why: string;
  readonly as: "anyone" | "engine" | "root" | "root, or less is seen";
}

const example: SeenContainer = {
  name: "prometheus",
  id: "",
  kind: "prometheus",
  isRunning: true,
  isTroubled: false,
  networkMode: "host",
  addresses: [],
  published: new Map(),
  mounts: [
    {
      type: "bind",
      source: "/opt/monitoring/prometheus.yml",
      target: "/etc/prometheus/prometheus.yml",
      isWritable: false,
    },
  ],
  words: ["/bin/prometheus"],
  env: new Map(),
  labels: new Map([["com.docker.compose.project.config_files", "/opt/monitoring/compose.yaml"]]),
};

/** A container whose configuration lies in its image. */
const inImage: SeenContainer = { ...example, name: "loki", kind: "loki", mounts: [], labels: new Map() };

export function askedOfEveryHost(): readonly AskedOnHosts[] {
  return firstLook.map(asked);
}

export function askedOfTheStack(): readonly AskedOnHosts[] {
  const limits = { itemTimeoutMs: 20_000, itemBytes: 1, logBytes: 1, sinceSeconds: 86_400, parallel: 1 };
  const units = [
    { name: "prometheus-node-exporter.service", kind: "node-exporter" as const, isActive: true },
  ];
  return secondLook({ containers: [example, inImage], units, listeners: new Map() }, limits, "curl").map(
    asked,
  );
}

function asked(command: HostCommand): AskedOnHosts {
  const as = needsRoot(command)
    ? "root"
    : command.text.includes("{asroot}")
      ? "root, or less is seen"
      : needsEngine(command)
        ? "engine"
        : "anyone";
  return { command: typedText(command, { root: "root", engine: "docker" }), why: command.why, as };
}
