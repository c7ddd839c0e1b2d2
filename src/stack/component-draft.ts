// A component while it is pieced together: what names it, and what was found of it so far.
import type { ComponentKind } from "../model/component.ts";
import type { ConfigDocument } from "../model/config.ts";
import type { DockerContainer } from "../model/docker.ts";
import type { Container, Pod, Service, Workload } from "../model/kubernetes.ts";
import type { Place } from "../model/place.ts";

/** A component while it is put together. */
export interface Draft {
  id: string;
  kind: ComponentKind;
  name: string;
  at: Place;
  namespace?: string;
  host?: string;
  image?: string;
  version?: string;
  versionAt?: Place;
  pods: Pod[];
  workload?: Workload;
  container?: Container;
  docker?: DockerContainer;
  services: Service[];
  configs: ConfigDocument[];
  args: { text: string; at: Place }[];
}

export function useContainer(draft: Draft, container: Container | undefined): void {
  if (!container) return;
  const known = draft.container;
  if (!known || (!known.state && container.state)) draft.container = container;
  if (container.image && !draft.image) draft.image = container.image;
  for (const text of [...(container.command ?? []), ...(container.args ?? [])])
    addArgument(draft, text, container.at);
}

export function addArgument(draft: Draft, text: string, at: Place): void {
  if (!draft.args.some((arg) => arg.text === text)) draft.args.push({ text, at });
}

interface Identity {
  kind: ComponentKind;
  name: string;
  at: Place;
  sidecar: boolean;
  namespace?: string | undefined;
  host?: string;
}

export function ensure(drafts: Map<string, Draft>, identity: Identity): Draft {
  const scope = identity.namespace ?? identity.host;
  const base = scope ? `${scope}/${identity.name}` : identity.name;
  const id = identity.sidecar ? `${base}/${identity.kind}` : base;
  const known = drafts.get(id);
  if (known && known.kind === identity.kind) return known;
  const unique = known ? `${id}/${identity.kind}` : id;
  const again = drafts.get(unique);
  if (again) return again;
  const draft: Draft = {
    id: unique,
    kind: identity.kind,
    name: identity.name,
    at: identity.at,
    pods: [],
    services: [],
    configs: [],
    args: [],
  };
  if (identity.namespace) draft.namespace = identity.namespace;
  if (identity.host) draft.host = identity.host;
  drafts.set(unique, draft);
  return draft;
}
