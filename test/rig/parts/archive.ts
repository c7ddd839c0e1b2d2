// Writes a container image from files, as the archive that both `docker load` and `ctr images import` read.
import { createHash } from "node:crypto";
import { createReadStream, createWriteStream, statSync } from "node:fs";
import { rename, rm } from "node:fs/promises";
import { pipeline } from "node:stream/promises";
import { type Pack, pack } from "tar-stream";

export type Entry = {
  /** Absolute path in the image. */
  readonly path: string;
  readonly mode?: number;
  readonly uid?: number;
  readonly gid?: number;
} & (
  | { readonly file: string }
  | { readonly text: string }
  | { readonly link: string }
  | { readonly dir: true }
);

export type ImageConfig = {
  readonly User?: string;
  readonly Entrypoint?: readonly string[];
  readonly Cmd?: readonly string[];
  readonly WorkingDir?: string;
  readonly Env?: readonly string[];
  readonly ExposedPorts?: Readonly<Record<string, object>>;
  readonly Volumes?: Readonly<Record<string, object>>;
  readonly Labels?: Readonly<Record<string, string>>;
};

export type Image = {
  readonly ref: string;
  readonly entries: readonly Entry[];
  readonly config: ImageConfig;
};

/** One time for everything, so that the same inputs give the same bytes. */
const mtime = new Date(0);

type Header = Parameters<Pack["entry"]>[0];

const add = (tar: Pack, header: Header, body?: string | Buffer): Promise<void> =>
  new Promise((resolve, reject) => {
    const done = (error?: Error | null): void => (error ? reject(error) : resolve());
    if (body === undefined) tar.entry(header, done);
    else tar.entry(header, body, done);
  });

const addFile = async (tar: Pack, header: Header, file: string): Promise<void> => {
  const entry = tar.entry({ ...header, size: statSync(file).size });
  await pipeline(createReadStream(file), entry);
};

const writeEntry = async (tar: Pack, entry: Entry): Promise<void> => {
  const base = { name: entry.path.replace(/^\//, ""), uid: entry.uid ?? 0, gid: entry.gid ?? 0, mtime };
  if ("dir" in entry) await add(tar, { ...base, type: "directory", mode: entry.mode ?? 0o755 });
  else if ("link" in entry) await add(tar, { ...base, type: "symlink", linkname: entry.link, mode: 0o777 });
  else if ("text" in entry) await add(tar, { ...base, mode: entry.mode ?? 0o644 }, entry.text);
  else await addFile(tar, { ...base, mode: entry.mode ?? 0o755 }, entry.file);
};

const writeTar = async (file: string, fill: (tar: Pack) => Promise<void>): Promise<void> => {
  const tar = pack();
  const written = pipeline(tar, createWriteStream(file));
  await fill(tar);
  tar.finalize();
  await written;
};

const sha256 = async (file: string): Promise<string> => {
  const hash = createHash("sha256");
  await pipeline(createReadStream(file), hash);
  return hash.digest("hex");
};

const withParents = (entries: readonly Entry[]): Entry[] => {
  const all = new Map<string, Entry>();
  for (const entry of entries) {
    const steps = entry.path.split("/").slice(1, -1);
    steps.forEach((_, index) => {
      const path = `/${steps.slice(0, index + 1).join("/")}`;
      if (!all.has(path)) all.set(path, { path, dir: true });
    });
    all.set(entry.path, entry);
  }
  return [...all.values()].sort((a, b) => (a.path < b.path ? -1 : 1));
};

export const writeImage = async (image: Image, file: string): Promise<void> => {
  const layer = `${file}.layer`;
  await writeTar(layer, async (tar) => {
    for (const entry of withParents(image.entries)) await writeEntry(tar, entry);
  });
  const digest = await sha256(layer);
  const config = JSON.stringify({
    architecture: "amd64",
    os: "linux",
    created: mtime.toISOString(),
    config: image.config,
    rootfs: { type: "layers", diff_ids: [`sha256:${digest}`] },
    history: [{ created: mtime.toISOString(), created_by: "made by the rig from its parts" }],
  });
  const configName = `${createHash("sha256").update(config).digest("hex")}.json`;
  const manifest = [{ Config: configName, RepoTags: [image.ref], Layers: [`${digest}/layer.tar`] }];
  await writeTar(`${file}.partial`, async (tar) => {
    await add(tar, { name: configName, mtime }, config);
    await add(tar, { name: `${digest}/`, type: "directory", mtime });
    await addFile(tar, { name: `${digest}/layer.tar`, mtime }, layer);
    await add(tar, { name: "manifest.json", mtime }, JSON.stringify(manifest));
  });
  await rm(layer);
  await rename(`${file}.partial`, file);
};
