// Blue and green: two containers of one service of which only one runs at a time. The idle one is no fault.
import type { DockerContainer } from "../model/docker.ts";

const colour = /^(.*?)[-_.]?(blue|green)(?=$|[-_.])(.*)$/i;

/** What both colours of a service share: host and name without the colour. */
export function serviceOfColour({ host, name }: DockerContainer): string | undefined {
  const match = colour.exec(name.slice(0, 200));
  return match ? `${host ?? ""}|${match[1]}${match[3]}` : undefined;
}

export function isUp({ origin, state, statusText }: DockerContainer): boolean {
  return origin === "running" && /^(?:up|running)/i.test(statusText ?? state ?? "");
}

/** Exit codes of a container that was asked to go. */
const asked = /\((?:0|130|137|143)\)/;

/** Stopped on purpose while the other colour serves. */
export function isIdleColour(container: DockerContainer, all: readonly DockerContainer[]): boolean {
  const service = serviceOfColour(container);
  if (service === undefined || !asked.test(container.statusText ?? `(${container.exitCode ?? ""})`))
    return false;
  return all.some((other) => other !== container && isUp(other) && serviceOfColour(other) === service);
}
