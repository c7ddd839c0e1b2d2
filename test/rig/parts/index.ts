// All parts, in the order in which they are built: what the first scenarios need comes first.
import { debian } from "./debian.ts";
import { alloy, cadvisor, coredns, grafana, kubernetes, loki, pause, prometheus3, promtail } from "./go.ts";
import * as images from "./images.ts";
import { journalHeaders } from "./journal-headers.ts";
import { ensure, type Part } from "./part.ts";

/** What every host scenario starts from. */
const early: readonly Part[] = [
  debian,
  images.busyboxImage,
  images.nodeExporterImage,
  images.prometheusImage2,
  images.alertmanagerImage,
  pause,
  images.pauseImage,
];

const late: readonly Part[] = [
  kubernetes,
  coredns,
  images.corednsImage,
  prometheus3,
  images.prometheusImage3,
  cadvisor,
  images.cadvisorImage,
  loki,
  images.lokiImage,
  journalHeaders,
  promtail,
  images.promtailImage,
  grafana,
  images.grafanaImage,
  alloy,
  images.alloyImage,
];

export const allParts: readonly Part[] = [...early, ...late];

export type Parts = {
  /** Resolves with the part's directory once it is built; a failed part rejects here, and only here. */
  readonly ready: (part: Part) => Promise<string>;
  readonly isReady: (part: Part) => boolean;
};

const closure = (parts: readonly Part[]): Set<string> => {
  const names = new Set<string>();
  const visit = (part: Part): void => {
    names.add(part.name);
    part.needs.forEach(visit);
  };
  parts.forEach(visit);
  return names;
};

/** Builds the wanted parts one after the other in the background. */
export const startParts = (wanted: readonly Part[]): Parts => {
  const names = closure(wanted);
  const built = new Map<string, Promise<string>>();
  const done = new Set<string>();
  let before: Promise<unknown> = Promise.resolve();
  for (const part of allParts.filter((each) => names.has(each.name))) {
    const mine = before.then(() => ensure(part));
    mine.then(
      () => done.add(part.name),
      () => undefined,
    );
    built.set(part.name, mine);
    before = mine.catch(() => undefined);
  }
  return {
    ready: (part) => {
      const found = built.get(part.name);
      return found ?? Promise.reject(new Error(`part ${part.name} is needed but was not asked for`));
    },
    isReady: (part) => done.has(part.name),
  };
};
