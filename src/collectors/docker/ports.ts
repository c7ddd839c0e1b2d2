// Published ports in every spelling: `0.0.0.0:9102->9100/tcp, [::]:9102->9100/tcp`, ranges, podman and compose v1 as well.
import type { PublishedPort } from "../../model/docker.ts";
import { portsOfRange } from "../../model/docker-text.ts";
import { given } from "../../model/given.ts";
import type { Place } from "../../model/place.ts";

const maxPorts = 512;

/** The PORTS column. Exposed but unpublished ports (`9100/tcp`) come without hostPort. */
export function parsePortsColumn(text: string, at: Place): PublishedPort[] {
  return text
    .split(/\s*,\s*/)
    .slice(0, maxPorts)
    .flatMap((piece) => parsePublished(piece.trim(), at))
    .slice(0, maxPorts);
}

function parsePublished(piece: string, at: Place): PublishedPort[] {
  const [left, right] = piece.includes("->") ? piece.split("->") : [undefined, piece];
  const container = /^(\d{1,5}(?:-\d{1,5})?)(?:\/([a-z]+))?$/.exec(right ?? "");
  if (!container) return [];
  const protocol = container[2] ?? "tcp";
  const containerPorts = portsOfRange(container[1] ?? "");
  if (left === undefined) return containerPorts.map((containerPort) => ({ at, containerPort, protocol }));
  const host = /^(?:(.*):)?(\d{1,5}(?:-\d{1,5})?)$/.exec(left);
  if (!host) return [];
  const hostPorts = portsOfRange(host[2] ?? "");
  const hostIP = addressOf(host[1]);
  return containerPorts.map((containerPort, i) =>
    given({
      at,
      hostIP,
      hostPort: hostPorts[containerPorts.length === hostPorts.length ? i : 0],
      containerPort,
      protocol,
    }),
  );
}

/** `[::]` and `::` (docker prints both) are the same address; a missing one means all. */
function addressOf(text: string | undefined): string | undefined {
  if (text === undefined || text === "" || text === "*") return undefined;
  return text.replace(/^\[|\]$/g, "") || undefined;
}
