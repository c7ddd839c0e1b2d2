// Compose files, whole or cut out.
import type { Shape } from "../shape.ts";

const serviceKey =
  /^\/services\/[^/]+\/(?:image|build|container_name|command|volumes|ports|environment|extends|deploy)$/;

/** What else may stand at the top of a compose file. */
const composeTop = new Set([
  "services",
  "version",
  "name",
  "volumes",
  "networks",
  "configs",
  "secrets",
  "include",
]);

export function isComposeFile(s: Shape): boolean {
  return (
    s.has("/services") && s.top.every((key) => composeTop.has(key) || key.startsWith("x-")) && isCompose(s)
  );
}

/** A compose file, or services cut out of one. */
export function isCompose(s: Shape): boolean {
  if (s.has("/services")) return [...s.paths].some((path) => serviceKey.test(path));
  const services = s.top.filter(
    (key) => s.has(`/${key}/image`) && !s.hasAny(`/${key}/image/repository`, `/${key}/image/tag`),
  );
  const beside = [
    "ports",
    "volumes",
    "restart",
    "environment",
    "command",
    "container_name",
    "networks",
    "network_mode",
  ];
  return (
    services.length > 0 &&
    services.length === s.top.length &&
    services.every((key) => beside.some((name) => s.has(`/${key}/${name}`)))
  );
}
