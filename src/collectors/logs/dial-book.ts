// Failed dials of one source, folded: one fact per who, where and how it ended.
import type { ComponentKind } from "../../model/component.ts";
import { given } from "../../model/given.ts";
import type { Dial } from "../../model/host.ts";
import type { FailedDial } from "./dials.ts";
import type { Kind } from "./kinds.ts";
import type { TextOrigin } from "./origin.ts";
import { readLine } from "./read-line.ts";

/** More targets than that are a scan, not a stack. */
const mostDials = 2_000;

interface Entry {
  readonly dial: FailedDial;
  readonly kind: Kind;
  readonly component: ComponentKind | undefined;
  last: number;
  timeMs: number | undefined;
  count: number;
}

export class DialBook {
  readonly #origin: TextOrigin;
  readonly #entries = new Map<string, Entry>();

  constructor(origin: TextOrigin) {
    this.#origin = origin;
  }

  add(kind: Kind, component: ComponentKind | undefined): void {
    if (kind.dials.length === 0) return;
    const newest = kind.last > kind.first.index ? readLine(kind.lastRaw, kind.last) : kind.first;
    const timeMs = newest.record.timeMs ?? newest.bare.timeMs;
    for (const dial of kind.dials) {
      const { targetHost, targetPort, outcome, httpStatus, resolver, target } = dial;
      const key = [
        kind.stream.id,
        component,
        targetHost ?? target,
        targetPort,
        outcome,
        httpStatus,
        resolver,
      ].join(" ");
      const known = this.#entries.get(key);
      if (known) {
        known.count += kind.count;
        known.last = Math.max(known.last, kind.last);
        known.timeMs = timeMs ?? known.timeMs;
      } else if (this.#entries.size < mostDials) {
        this.#entries.set(key, { dial, kind, component, last: kind.last, timeMs, count: kind.count });
      }
    }
  }

  *all(): Generator<Dial> {
    const { source, startLine } = this.#origin;
    for (const { dial, kind, component, last, timeMs, count } of this.#entries.values()) {
      const { namespace, pod, container, host } = kind.stream.speaker;
      yield given({
        at: { source, line: startLine + last },
        fromHost: host,
        fromContainer: container ?? pod,
        fromNamespace: namespace,
        fromPod: pod,
        fromComponent: component,
        tool: "log",
        ...dial,
        timeMs,
        count: count > 1 ? count : undefined,
      });
    }
  }
}
