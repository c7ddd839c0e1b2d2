// Which Services lead to a component: by the labels of its pods.
import type { Service } from "../model/kubernetes.ts";
import type { Draft } from "./component-draft.ts";
import { kindOfName } from "./identify.ts";
import { selects } from "./labels.ts";

export function attachServices(drafts: ReadonlyMap<string, Draft>, services: readonly Service[]): void {
  for (const service of services) {
    const near = [...drafts.values()].filter(
      (draft) => !draft.namespace || !service.namespace || draft.namespace === service.namespace,
    );
    const selected = near.filter((draft) =>
      labelSets(draft).some((labels) => selects(service.selector, labels)),
    );
    const known = near.some((draft) => draft.name === service.name && labelSets(draft).length > 0);
    const named = near.filter(
      (draft) => draft.name === service.name || draft.workload?.serviceName === service.name,
    );
    const ofKind = near.filter(
      (draft) => draft.kind === kindOfName(service.name) && labelSets(draft).length === 0,
    );
    const chosen =
      selected.length > 0
        ? selected
        : known && service.selector
          ? []
          : named.length > 0
            ? named
            : ofKind.length === 1
              ? ofKind
              : [];
    for (const draft of chosen) draft.services.push(service);
  }
}

function labelSets(draft: Draft): Readonly<Record<string, string>>[] {
  return [draft.workload?.templateLabels, ...draft.pods.map((pod) => pod.labels)].flatMap((labels) =>
    labels ? [labels] : [],
  );
}
