// `volumes:` and `tmpfs:` of a compose service, with relative sources resolved and volumes that are really folders named so.
import type { DockerMount } from "../model/docker.ts";
import { parseMountText } from "../model/docker-text.ts";
import { given } from "../model/given.ts";
import { asList, asRecord, asText, type JsonRecord, type Spot } from "./compose-values.ts";

/** `path`: where the compose file lies, to which relative sources refer. */
export function composeMounts(
  service: JsonRecord,
  spot: Spot,
  root: JsonRecord,
  path: string | undefined,
): DockerMount[] {
  const volumes = (asList(service.volumes) ?? []).flatMap((item, i) => {
    const own = spot.below("volumes").below(i);
    const long = asRecord(item);
    const mount = long ? longMount(long, own) : parseMountText(asText(item) ?? "", own.at);
    return mount ? [resolved(mount, root, path)] : [];
  });
  const tmpfs = [...(asList(service.tmpfs) ?? (service.tmpfs === undefined ? [] : [service.tmpfs]))].flatMap(
    (item): DockerMount[] => {
      const target = asText(item)?.split(":")[0];
      return target === undefined ? [] : [{ at: spot.below("tmpfs").at, type: "tmpfs", target }];
    },
  );
  return [...volumes, ...tmpfs];
}

const types = ["bind", "volume", "tmpfs"] as const;

function longMount(mount: JsonRecord, spot: Spot): DockerMount | undefined {
  const target = asText(mount.target);
  if (target === undefined) return undefined;
  const type = types.find((known) => known === mount.type);
  const source = asText(mount.source);
  return given({
    at: spot.at,
    type,
    source,
    name: type === "volume" ? source : undefined,
    target,
    readOnly: mount.read_only === true ? true : undefined,
    propagation: asText(asRecord(mount.bind)?.propagation),
  });
}

function resolved(mount: DockerMount, root: JsonRecord, path: string | undefined): DockerMount {
  if (mount.type === "bind") return { ...mount, ...given({ source: absolute(mount.source, path) }) };
  if (mount.type !== "volume" || mount.source === undefined) return mount;
  const volume = asRecord(asRecord(root.volumes)?.[mount.source]);
  const options = asRecord(volume?.driver_opts);
  const device = asText(options?.device);
  const isBind = device?.startsWith("/") && /(?:^|,)r?bind\b/.test(asText(options?.o) ?? "");
  const name = asText(volume?.name) ?? mount.source;
  return isBind && device
    ? { ...mount, type: "bind", source: device, name }
    : { ...mount, name, source: name };
}

function absolute(source: string | undefined, path: string | undefined): string | undefined {
  if (source === undefined || !source.startsWith(".") || !path?.startsWith("/")) return source;
  const parts = path.split("/").slice(0, -1);
  for (const part of source.split("/")) {
    if (part === "..") parts.pop();
    else if (part !== "." && part !== "") parts.push(part);
  }
  return parts.join("/") || "/";
}
