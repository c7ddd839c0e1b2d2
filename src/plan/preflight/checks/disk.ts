// Space and inodes where data, configuration and images will lie.
import type { Disk } from "../../../model/host.ts";
import type { HostInput, PreflightCheck, PreflightDraft } from "../../../model/preflight.ts";
import { bytesText, ofHost, proofAt, sshTo } from "../answers.ts";
import { archiveFor } from "../image-archives.ts";
import { imagesOf } from "./images.ts";

const MB = 1_000_000;
/** What a host needs beside its images: a server's write-ahead logs and first blocks, an agent's positions and spool. */
const needs = { server: { stop: 1_000 * MB, warn: 5_000 * MB }, agent: { stop: 100 * MB, warn: 500 * MB } };
/** Unpacked beside the file itself; and what an image takes whose size nobody knows before it is pulled. */
const timesUnpacked = 3;
const perPulledImage = 300 * MB;
const fewestInodes = 5_000;

export const check: PreflightCheck = {
  id: "disk",
  proves: "there is space, and there are inodes, for data and images",
  looks: ["disks", "inodes", "engine-info"],
  judge: (input) => {
    const { host, facts } = input;
    const disks = ofHost(facts["host.disks"], host).filter(({ container }) => container === undefined);
    if (!disks.some(({ unit }) => unit === "bytes"))
      return [
        {
          host: host.name,
          state: "unknown",
          says: `how much space ${host.name} has is not known`,
          next: `${sshTo(host)} 'df -P; df -iP'`,
        },
      ];
    const engine = ofHost(facts["docker.engines"], host).find(({ rootDir }) => rootDir !== undefined);
    const role = host.roles.includes("server") ? needs.server : needs.agent;
    const images = imageBytes(input);
    const places = new Map<string, { stop: number; warn: number; paths: string[] }>();
    const add = (path: string, stop: number, warn: number): void => {
      const disk = diskOf(disks, path, "bytes");
      if (!disk) return;
      const place = places.get(disk.mount) ?? { stop: 0, warn: 0, paths: [] };
      places.set(disk.mount, {
        stop: place.stop + stop,
        warn: place.warn + warn,
        paths: [...place.paths, path],
      });
    };
    add(host.directory, role.stop, role.warn);
    add(engine?.rootDir ?? "/var/lib/docker", images, images);
    return [...places].flatMap(([mount, place]) => [
      ...spaceDraft(host.name, disks, mount, place),
      ...inodeDraft(host.name, disks, mount),
    ]);
  },
};

function imageBytes({ wanted, sight, archives }: HostInput): number {
  const read = sight.answers.get("images-wanted");
  const text = read && "text" in read ? read.text : "";
  return imagesOf(wanted)
    .filter((_, i) => !new RegExp(`^${i} present`, "m").test(text))
    .reduce(
      (sum, image) =>
        sum + (archiveFor(image, archives)?.bytes ?? perPulledImage / timesUnpacked) * timesUnpacked,
      0,
    );
}

/** The file system a path lies on: the longest mount point above it. */
function diskOf(disks: readonly Disk[], path: string, unit: Disk["unit"]): Disk | undefined {
  return disks
    .filter(
      (disk) =>
        disk.unit === unit &&
        (path === disk.mount || path.startsWith(disk.mount === "/" ? "/" : `${disk.mount}/`)),
    )
    .sort((a, b) => b.mount.length - a.mount.length)[0];
}

function spaceDraft(
  host: string,
  disks: readonly Disk[],
  mount: string,
  { stop, warn, paths }: { readonly stop: number; readonly warn: number; readonly paths: readonly string[] },
): readonly PreflightDraft[] {
  const disk = disks.find((one) => one.unit === "bytes" && one.mount === mount);
  const free = disk?.available;
  if (disk === undefined || free === undefined) return [];
  const what = `${mount} of ${host} (${paths.join(", ")})`;
  const proof = proofAt(disk.at, lineOf(disk));
  const next = `ssh ${host} 'df -h ${mount}; sudo du -xhd1 ${mount} | sort -h | tail'`;
  if (free < stop)
    return [
      {
        host,
        state: "stop",
        says: `${what} has ${bytesText(free)} free, and at least ${bytesText(stop)} are needed`,
        proof,
        next,
      },
    ];
  if (free < warn)
    return [
      {
        host,
        state: "warn",
        says: `${what} has ${bytesText(free)} free, which will not last long: ${bytesText(warn)} are advised`,
        proof,
        next,
      },
    ];
  return [{ host, state: "ok", says: `${what} has ${bytesText(free)} free`, proof }];
}

/** File systems such as btrfs make inodes as they need them and show zero of them. */
function inodeDraft(host: string, disks: readonly Disk[], mount: string): readonly PreflightDraft[] {
  const disk = disks.find((one) => one.unit === "inodes" && one.mount === mount);
  if (disk?.available === undefined || !disk.size || disk.available >= fewestInodes) return [];
  return [
    {
      host,
      state: "stop",
      says: `${mount} of ${host} has ${disk.available} inodes left, and new files need one each`,
      proof: proofAt(disk.at, lineOf(disk)),
      next: `ssh ${host} 'df -i ${mount}; sudo du -x --inodes -d2 ${mount} | sort -n | tail'`,
    },
  ];
}

function lineOf({ filesystem, mount, available, unit }: Disk): string {
  return `${filesystem} ${mount}: ${available} ${unit} available`;
}
