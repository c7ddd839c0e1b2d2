// What is special about a host, and why it was chosen so: plans show it.
import { hasTrait } from "../model/compatibility.ts";
import { pushedKinds, pusherOf, whyLocal } from "../model/reachability.ts";
import type { StackFile, StackHost } from "../model/stack-file.ts";

const programs = { alloy: "Alloy", "prometheus-agent": "Prometheus in agent mode" } as const;

export function hostNotes(stack: StackFile, host: StackHost): readonly string[] {
  return [...sleeping(host), ...pushed(stack, host), ...afterPromtail(stack, host)];
}

/** What of the change from Promtail to Alloy reads nothing twice, and what does. */
function afterPromtail({ logs, components }: StackFile, host: StackHost): readonly string[] {
  if (logs.afterPromtail === undefined || !host.components.includes("alloy")) return [];
  const version = components.find(({ kind }) => kind === "alloy")?.version ?? "";
  if (!hasTrait("alloy", version, "legacy-positions"))
    return [
      `Alloy ${version} cannot go on where Promtail stopped: it reads files and the journal of ${host.name} again. Pin 1.11.0 or later to read no line twice`,
    ];
  const containers = logs.docker
    ? "; of containers it reads what the engine still keeps, Promtail's place in them is not handed over"
    : "";
  return [`Alloy goes on where Promtail stopped in the files and the journal of ${host.name}${containers}`];
}

function sleeping({ name, absence }: StackHost): readonly string[] {
  if (absence?.kind !== "sleeping") return [];
  const reason = absence.reason === undefined ? "" : ` (${absence.reason})`;
  return [`${name} may sleep, as declared${reason}: it is scraped while it is on, and raises no alarm`];
}

function pushed(stack: StackFile, host: StackHost): readonly string[] {
  const kinds = pushedKinds(stack, host);
  const pusher = pusherOf(host);
  if (kinds.length === 0 || pusher === undefined) return [];
  const by = `${programs[pusher]} of this host reads ${kinds.join(", ")} on 127.0.0.1 and pushes to Prometheus by remote_write`;
  if (host.absence?.kind === "behind-nat") return [`nobody can scrape ${host.name} (behind NAT): ${by}`];
  const unprotectable = kinds.filter((kind) => whyLocal(stack, host, kind) === "unprotectable");
  return [`${unprotectable.join(", ")} knows neither TLS nor passwords: ${by}`];
}
