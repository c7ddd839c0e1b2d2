// Labels of targets and log lines: those of the host, and what watchmend adds.
import type { Labels, StackHost } from "../model/stack-file.ts";

export function hostLabels(host: StackHost): Labels {
  return sorted({
    ...host.labels,
    host: host.name,
    ...(host.absence?.kind === "sleeping" ? { presence: "sleeping" } : {}),
  });
}

export function sorted(labels: Labels): Labels {
  return Object.fromEntries(Object.entries(labels).sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)));
}
