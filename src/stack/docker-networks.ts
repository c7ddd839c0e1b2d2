// Which Docker networks a container hangs on, and whether two containers have one in common.
import type { ConfigDocument } from "../model/config.ts";
import type { DockerContainer } from "../model/docker.ts";
import { isRecord } from "../model/json-value.ts";
import { valueAt } from "./config-value.ts";

/** `id` is equal for the same network; `scoped` ones are known by their key in a compose file only. */
interface Joined {
  readonly id: string;
  readonly name: string;
  readonly isScoped: boolean;
}

/** True or false where the evidence shows the networks of both, otherwise undefined. */
export function shareNetwork(
  a: DockerContainer,
  b: DockerContainer,
  documents: readonly ConfigDocument[],
): boolean | undefined {
  if (a.host !== undefined && b.host !== undefined && a.host !== b.host) return false;
  const [ofA, ofB] = [joined(a, documents), joined(b, documents)];
  if (!ofA || !ofB) return undefined;
  if (ofA.some((one) => ofB.some((other) => one.id === other.id))) return true;
  // a key of a compose file may be any network whose name ends with it
  const isMixed = ofA.some((one) =>
    ofB.some((other) => one.isScoped !== other.isScoped && mayBe(one, other)),
  );
  return isMixed ? undefined : false;
}

/** Names for sentences: `monitoring`, `default of app/compose.yaml`. */
export function networkNames(
  container: DockerContainer,
  documents: readonly ConfigDocument[],
): readonly string[] {
  return (joined(container, documents) ?? []).map(({ name, isScoped, id }) =>
    isScoped && name === "default" ? `the default network of ${id.slice(0, id.indexOf("#"))}` : name,
  );
}

/** Only Docker's default bridge, which has no name service. */
export function isOnDefaultBridge({ networkMode, networks }: DockerContainer): boolean {
  if (networks && networks.length > 0) return networks.every(({ name }) => name === "bridge");
  return networkMode === "bridge";
}

function mayBe(a: Joined, b: Joined): boolean {
  const [scoped, real] = a.isScoped ? [a, b] : [b, a];
  return real.name === scoped.name || real.name.endsWith(`_${scoped.name}`);
}

function joined(
  container: DockerContainer,
  documents: readonly ConfigDocument[],
): readonly Joined[] | undefined {
  const { networkMode, networks } = container;
  if (networkMode === "host" || networkMode === "none" || networkMode?.startsWith("container:"))
    return undefined;
  if (!networks || networks.length === 0)
    return networkMode === undefined || networkMode === "default"
      ? undefined
      : [{ id: networkMode, name: networkMode, isScoped: false }];
  const declared = container.origin === "declared" ? container : container.declared;
  const isDeclared =
    declared !== undefined &&
    networks.every(({ name }) => declared.networks?.some((other) => other.name === name));
  return networks.map(({ name }) => {
    const scope = isDeclared ? scopeOf(name, declared, documents) : undefined;
    return { id: scope === undefined ? name : `${scope}#${name}`, name, isScoped: scope !== undefined };
  });
}

/** The project a compose network belongs to; undefined for networks with a name of their own. */
function scopeOf(
  name: string,
  declared: DockerContainer,
  documents: readonly ConfigDocument[],
): string | undefined {
  const { source } = declared.at;
  const root = documents.find((doc) => doc.kind === "compose" && doc.at.source === source)?.value;
  if (root === undefined) return undefined;
  const networks = valueAt(root, "networks");
  const isNamed =
    isRecord(networks) &&
    Object.entries(networks).some(([key, entry]) => {
      const own = valueAt(entry, "name");
      const isExternal = Boolean(valueAt(entry, "external"));
      return own === name || (key === name && isExternal && own === undefined);
    });
  if (isNamed) return undefined;
  return declared.project ?? source.replace(/[.-]override(?=\.ya?ml$)/, "");
}
