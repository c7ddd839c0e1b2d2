// Changes of containers that run, as fixes: made again from their own settings with one thing changed.
import type { DockerContainer } from "../model/docker.ts";
import type { Facts } from "../model/facts.ts";
import type { DocumentEdit, Step } from "../model/plan.ts";
import { isLoopback } from "../stack/subnets.ts";
import { patchOf } from "./change-object.ts";

/** Only where its host is known: what was pasted is no system. */
export function remake(
  container: DockerContainer | undefined,
  title: string,
  settings: unknown,
  edits: readonly DocumentEdit[],
): readonly Step[] {
  if (container?.origin !== "running" || container.host === undefined || edits.length === 0) return [];
  // Pods and services of a swarm are made from something else, which makes them again as they were.
  const isOwned = Object.keys(container.labels ?? {}).some((label) =>
    /^(?:io\.kubernetes\.|com\.docker\.swarm\.)/.test(label),
  );
  if (isOwned) return [];
  return [
    {
      do: "recreate-container",
      title,
      host: container.host,
      name: container.name,
      patch: edits.flatMap((edit) => patchOf(settings, edit)),
    },
  ];
}

/** The arguments that the container was given; those of its image stay. */
export function remakeWithArguments(
  container: DockerContainer | undefined,
  title: string,
  edits: (settings: unknown) => readonly DocumentEdit[],
): readonly Step[] {
  if (!container?.command) return [];
  const settings = { Config: { Cmd: [...container.command] } };
  return remake(container, title, settings, edits(settings));
}

/** Edits of a container's settings are made from behind: an item that is taken away moves those after it. */
export const commandAt = ["Config", "Cmd"] as const;

/** Never all addresses: the one that was dialled, or the host's only one beside those of containers and loopback. */
export function addressOf(
  host: string,
  dialled: string,
  facts: Pick<Facts, "host.addresses">,
): string | undefined {
  const own = facts["host.addresses"].filter((one) => one.container === undefined && one.host === host);
  const addresses = own.flatMap(({ cidr, device }) =>
    isOutward(device) && /^\d+\.\d+\.\d+\.\d+/.test(cidr) ? [cidr.split("/")[0] ?? ""] : [],
  );
  if (addresses.includes(dialled)) return dialled;
  const outward = [...new Set(addresses)].filter((address) => !isLoopback(address));
  return outward.length === 1 ? outward[0] : undefined;
}

function isOutward(device: string): boolean {
  return !/^(?:lo|docker|br-|veth|virbr|cni|flannel|tunl|podman)/.test(device);
}
