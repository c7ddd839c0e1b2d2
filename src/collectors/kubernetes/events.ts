// Events, from whatever table or object they came: the fact, and the message as text for the rules.
import type { KubernetesEvent } from "../../model/kubernetes.ts";
import type { Place } from "../../model/place.ts";
import { componentOfName } from "../logs/names.ts";
import type { Emit } from "../parser.ts";

/** An event as read; `name` is missing where the output does not say which object it is about. */
export interface RawEvent extends Omit<KubernetesEvent, "name"> {
  readonly name?: string;
  readonly container?: string;
}

/** The name at the start of an event's own name: `prometheus-0.18ea67bc2224c838`. */
export function objectOfEventName(name: string): string {
  return name.replace(/\.[0-9a-f]{12,20}$/, "");
}

/** Emits the event and its message. What the event does not name is looked for in its message. */
export function emitEvent(raw: RawEvent, emit: Emit): void {
  const { container: given, ...fields } = raw;
  const told = subjectInMessage(raw.message);
  const name = raw.name || told?.name || "";
  const namespace = raw.namespace ?? (name === told?.name ? told.namespace : undefined);
  const objectKind = raw.objectKind ?? (told && name === told.name ? "Pod" : undefined);
  const event: KubernetesEvent = {
    ...fields,
    name,
    ...(namespace === undefined ? {} : { namespace }),
    ...(objectKind === undefined ? {} : { objectKind }),
  };
  emit.fact("kubernetes.events", event);
  const container = given ?? containerInMessage(raw.message);
  const component = componentOfName(container) ?? componentOfName(name);
  emit.text({
    text: raw.message,
    line: raw.at.line ?? 1,
    stream: "event",
    ...(namespace === undefined ? {} : { namespace }),
    ...(objectKind === "Pod" && name ? { pod: name } : {}),
    ...(container === undefined ? {} : { container }),
    ...(component === undefined ? {} : { component }),
    ...(event.lastSeenMs === undefined ? {} : { timeMs: event.lastSeenMs }),
    ...(event.count === undefined ? {} : { count: event.count }),
  });
}

/** `… in pod prometheus-0_monitoring(902686b2-…)`, `Successfully assigned monitoring/prometheus-0 to node`. */
function subjectInMessage(message: string): { namespace: string; name: string } | undefined {
  const head = message.slice(0, 2_000);
  const long = /\bpod "?([a-z0-9][a-z0-9.-]{0,252})_([a-z0-9][a-z0-9-]{0,62})\([0-9a-f-]{8,40}\)/.exec(head);
  if (long?.[1] && long[2]) return { name: long[1], namespace: long[2] };
  const assigned = /^Successfully assigned ([a-z0-9][a-z0-9-]{0,62})\/([a-z0-9][a-z0-9.-]{0,252}) to /.exec(
    head,
  );
  if (assigned?.[1] && assigned[2]) return { namespace: assigned[1], name: assigned[2] };
  return undefined;
}

function containerInMessage(message: string): string | undefined {
  const head = message.slice(0, 500);
  const found =
    /\brestarting failed container[ =]([a-z0-9][a-z0-9-]{0,62})(?= in pod| pod=|$)/.exec(head) ??
    /^(?:Created|Started|Stopping) container:? ([a-z0-9][a-z0-9-]{0,62})$/.exec(head) ??
    /^Container ([a-z0-9][a-z0-9-]{0,62}) failed (?:liveness|readiness|startup) probe/.exec(head);
  return found?.[1];
}

/** `spec.containers{prometheus}` → prometheus. */
export function containerOfFieldPath(path: string | undefined): string | undefined {
  return /^spec\.(?:initContainers|containers|ephemeralContainers)\{([^}]{1,63})\}$/.exec(path ?? "")?.[1];
}

export function placeAt(source: string, line: number): Place {
  return { source, line };
}
