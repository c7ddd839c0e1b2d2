// cAdvisor looks for a container's layer below Docker's old storage layout and does not find it.
import type { Facts } from "../../../model/facts.ts";
import { byHand } from "../../by-hand.ts";
import type { TextHit } from "../../text-hit.ts";
import { type Confirmation, textRule } from "../../text-rule.ts";

/** Drivers of Docker's own image store. */
const graphDrivers: ReadonlySet<string> = new Set([
  "overlay2",
  "overlay",
  "aufs",
  "btrfs",
  "devicemapper",
  "zfs",
  "vfs",
  "fuse-overlayfs",
]);

export const rule = textRule({
  id: "cadvisor/layer-database-not-found",
  title:
    "cAdvisor cannot find the containers' layers: Docker uses the containerd image store, or its data root is not mounted where cAdvisor looks",
  why: "cAdvisor reads image/DRIVER/layerdb/mounts/ID/mount-id below Docker's root. With the containerd image store (default on fresh Docker 29) that file does not exist, which cAdvisor knows from 0.54 on and only with containerd's socket; with another data root (Synology, snap, WSL) it is elsewhere; as a normal user it may not be read. Containers are then missing from the metrics.",
  severity: "critical",
  component: "cadvisor",
  layer: "version",
  nature: "cause",
  effect: "no-data-in",
  phase: "run",
  from: ["cadvisor", "alloy"],
  texts: [
    "failed to identify the read-write layer ID for container",
    "{path}/mount-id: no such file or directory",
    "{path}/mount-id: permission denied",
  ],
  uses: ["docker.engines"],
  confirm: (hit, facts) => confirm(hit, facts),
  says: () =>
    "cAdvisor does not find the containers' read-write layer (layerdb mount-id): Docker keeps images in the containerd store (snapshotter overlayfs, default on fresh Docker 29), which this cAdvisor version does not know",
  rivals: [
    {
      rule: "docker/api-version-mismatch",
      tellApart: "there the Docker API itself refuses cAdvisor's version",
    },
    {
      rule: "cadvisor/old-image-on-cgroup-v2",
      tellApart: 'there nothing but id="/" is known and no layer is looked for',
    },
  ],
  decideWith:
    "docker info -f '{{.Driver}} {{.DriverStatus}} {{.DockerRootDir}}'; docker inspect -f '{{.HostConfig.Binds}}' CADVISOR",
  references: [
    "https://github.com/google/cadvisor/issues/3643",
    "https://github.com/google/cadvisor/pull/3709",
  ],
  fix: (finding) =>
    /permission denied/.test(finding.says)
      ? byHand(
          "Run the agent as root (user: root, privileged: true) with /, /sys, /var/lib/docker and /dev/disk mounted read-only",
          "In the compose file of the agent",
        )
      : /data root/.test(finding.says)
        ? byHand(
            "Mount Docker's real root at the same path: -v $(docker info -f '{{.DockerRootDir}}'):$(docker info -f '{{.DockerRootDir}}'):ro",
            "In the compose file of cAdvisor",
          )
        : byHand(
            'Use ghcr.io/google/cadvisor:v0.56.2 or newer and mount /run/containerd/containerd.sock:/run/containerd/containerd.sock:ro; stop-gap: {"features": {"containerd-snapshotter": false}} in daemon.json (hides images of the containerd store)',
            "In the compose file of cAdvisor",
          ),
});

function confirm(hit: TextHit, facts: Pick<Facts, "docker.engines">): Confirmation {
  const engine =
    facts["docker.engines"].find(
      (entry) =>
        entry.storageDriver !== undefined ||
        entry.storageDriverType !== undefined ||
        entry.rootDir !== undefined,
    ) ?? facts["docker.engines"][0];
  const at = engine ? [engine.fieldsAt?.storageDriver ?? engine.at] : [];
  const who = hit.component?.name ?? hit.line.component ?? "cAdvisor";
  const version = hit.component?.version ? ` ${hit.component.version}` : "";
  if (hit.lines.some((line) => /mount-id: permission denied/.test(line.text)))
    return {
      holds: true,
      says: `${who} may not read Docker's layerdb (mount-id: permission denied): the exporter does not run as root, so containers are missing`,
    };
  if (engine?.storageDriverType?.includes("containerd") || engine?.storageDriver === "overlayfs")
    return {
      holds: true,
      proof: at,
      says: `Docker uses the containerd image store (storage driver ${engine.storageDriver ?? "overlayfs"}, io.containerd.snapshotter.v1), where the layerdb that ${who}${version} reads does not exist: containers are missing`,
    };
  const root = engine?.rootDir ?? hit.line.text.match(/open (?:\/rootfs)?(\/\S+?)\/image\//)?.[1];
  if (root && !/^\/(?:rootfs\/)?var\/lib\/docker$/.test(root))
    return {
      holds: true,
      proof: engine?.rootDir ? [engine.fieldsAt?.rootDir ?? engine.at] : [],
      says: `Docker's data root is ${root}, not /var/lib/docker, and is not mounted there in ${who}'s container: it finds no layer of the containers`,
    };
  // The containerd store calls its snapshotter overlayfs; a graph driver in the path means that Docker keeps a layerdb somewhere.
  const driver = engine?.storageDriver ?? hit.line.text.match(/\/image\/([\w-]+)\/layerdb\//)?.[1];
  if (driver && graphDrivers.has(driver))
    return {
      certainty: "likely",
      proof: at,
      says: `${who} finds no layerdb below /var/lib/docker although the storage driver is ${driver}: Docker's data root is elsewhere (Docker Desktop, WSL 2, snap, another data-root) or not mounted into the container`,
    };
  return {};
}
