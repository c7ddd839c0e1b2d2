// What is special about a host, and why it was chosen so: plans show it.
import { pushedKinds, pusherOf, whyLocal } from "../model/reachability.ts";
import type { StackFile, StackHost } from "../model/stack-file.ts";

const programs = { alloy: "Alloy", "prometheus-agent": "Prometheus in agent mode" } as const;

export function hostNotes(stack: StackFile, host: StackHost): readonly string[] {
  return [...sleeping(host), ...pushed(stack, host)];
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
