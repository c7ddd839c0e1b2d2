// Writes evidence as a bundle (`watchmend.bundle/v1`): redacted, listed, the same bytes for the same evidence, all or nothing.
import { createHash, randomBytes } from "node:crypto";
import { createReadStream, createWriteStream, type WriteStream } from "node:fs";
import { lstat, mkdir, open, readdir, rename, rm, stat, writeFile } from "node:fs/promises";
import { basename, dirname, join, resolve } from "node:path";
import { pipeline } from "node:stream/promises";
import { createGzip } from "node:zlib";
import { type Pack, pack } from "tar-stream";
import { type CollectedBody, type CollectedItem, isMissing } from "../model/collected.ts";
import { UserError } from "../model/errors.ts";
import { describeItem, learnItems, missingItem, redactBody } from "./collected-item.ts";
import { decodeText } from "./decode-text.ts";
import { itemFileName } from "./item-names.ts";
import {
  analysisName,
  bundleSchema,
  collectorLogName,
  type Manifest,
  type ManifestItem,
  manifestName,
} from "./manifest.ts";
import { codeOf, messageOf } from "./read-errors.ts";
import { createRedactor, type Redactor, type Removal } from "./redact.ts";

export interface BundleContent {
  readonly items: readonly CollectedItem[];
  readonly toolVersion: string;
  /** When collecting started. The only thing in a bundle that differs between two runs over the same evidence. */
  readonly collectedAt?: string;
  readonly collectorLog?: string;
  /** The rendered analysis; it is redacted as well, because it quotes the evidence. */
  readonly analysis?: string;
  /** Pass the one that was used for the report, so that both speak of `(redacted:3)` and mean the same. */
  readonly redactor?: Redactor;
}

export interface WrittenBundle {
  readonly path: string;
  readonly manifest: Manifest;
  readonly removed: readonly Removal[];
}

/** A token in every line of a large log must not make the list larger than the log: the rest is only counted. */
const longestList = 1_000;

/** A path that ends in .tar.gz or .tgz gives an archive, any other a directory. Nothing is replaced. */
export async function writeBundle(path: string, content: BundleContent): Promise<WrittenBundle> {
  const target = resolve(path);
  await refuseExisting(target);
  const staging = join(dirname(target), `.${basename(target)}.${randomBytes(6).toString("hex")}.part`);
  try {
    await mkdir(dirname(target), { recursive: true });
    await mkdir(join(staging, "raw"), { recursive: true, mode: 0o700 });
    const written = await writeFolder(staging, content);
    if (isArchiveName(target)) {
      const archive = `${staging}.tar.gz`;
      try {
        await packFolder(staging, archive, folderNameOf(target));
        await rename(archive, target);
      } finally {
        await rm(archive, { force: true });
      }
    } else await rename(staging, target);
    return { path: target, ...written };
  } catch (error) {
    throw unwritable(path, error);
  } finally {
    await rm(staging, { recursive: true, force: true }).catch(() => undefined);
  }
}

function isArchiveName(path: string): boolean {
  return /\.(?:tar\.gz|tgz)$/i.test(path);
}

function folderNameOf(path: string): string {
  return basename(path).replace(/\.(?:tar\.gz|tgz)$/i, "") || "bundle";
}

async function refuseExisting(target: string): Promise<void> {
  const found = await lstat(target).catch(() => undefined);
  if (!found) return;
  if (found.isDirectory() && !isArchiveName(target) && (await readdir(target)).length === 0) return;
  throw new UserError(
    "output-unwritable",
    `${target} exists already and is not replaced`,
    "Name another path, or remove it first if it is not needed any more.",
  );
}

function unwritable(path: string, error: unknown): unknown {
  if (error instanceof UserError || !/^E[A-Z]+$/.test(codeOf(error))) return error;
  return new UserError(
    "output-unwritable",
    `${path} cannot be written: ${messageOf(error)}`,
    `Check the folder and its free space: df -h ${dirname(resolve(path))}`,
    { cause: error },
  );
}

/** Secrets are learned from all items before the first one is written: one item may give away another's. */
async function writeFolder(
  folder: string,
  content: BundleContent,
): Promise<{ manifest: Manifest; removed: readonly Removal[] }> {
  const { items } = content;
  const redactor = content.redactor ?? createRedactor();
  await learnItems(items, redactor);
  const removed: Removal[] = [];
  const listed: ManifestItem[] = [];
  for (const [i, item] of items.entries()) {
    const name = itemFileName(i, items.length, item.locator, headOf(item));
    listed.push(await writeItem(folder, name, item, redactor, removed));
  }
  const extra = async (name: string, text: string | undefined) => {
    if (text === undefined) return;
    const redacted = redactor.redact(text, name);
    for (const one of redacted.removed) removed.push(one);
    await writeFile(join(folder, name), redacted.text, { mode: 0o600 });
  };
  await extra(collectorLogName, content.collectorLog ?? "");
  await extra(analysisName, content.analysis);
  const manifest: Manifest = {
    schema: bundleSchema,
    tool: { version: content.toolVersion },
    ...(content.collectedAt ? { collectedAt: content.collectedAt } : {}),
    items: listed,
  };
  await writeFile(join(folder, manifestName), `${JSON.stringify(manifest, null, 2)}\n`, { mode: 0o600 });
  return { manifest, removed };
}

function headOf({ body }: CollectedItem): string {
  return body instanceof Uint8Array ? decodeText(body.subarray(0, 400)) : "";
}

async function writeItem(
  folder: string,
  file: string,
  item: CollectedItem,
  redactor: Redactor,
  removed: Removal[],
): Promise<ManifestItem> {
  const described = describeItem(item, redactor);
  const { body } = item;
  if (isMissing(body)) return missingItem(described, body, redactor);
  const written = await writeRedacted(join(folder, file), described.locator, body, redactor);
  for (const one of written.removed) removed.push(one);
  return {
    ...described,
    status: "collected",
    file,
    bytes: written.bytes,
    sha256: written.sha256,
    redactions: written.removed.map(({ line, kind, token }) => ({ line, kind, token })),
    ...(written.count > written.removed.length ? { redactionCount: written.count } : {}),
  };
}

async function writeRedacted(
  path: string,
  source: string,
  body: CollectedBody,
  redactor: Redactor,
): Promise<{ bytes: number; sha256: string; removed: readonly Removal[]; count: number }> {
  const hash = createHash("sha256");
  let bytes = 0;
  const out = createWriteStream(path, { mode: 0o600, flags: "wx" });
  const write = async (text: string): Promise<void> => {
    const chunk = Buffer.from(text);
    hash.update(chunk);
    bytes += chunk.length;
    await writeChunk(out, chunk);
  };
  try {
    const removed: Removal[] = [];
    let count = 0;
    for await (const part of redactBody(body, redactor, source)) {
      await write(part.text);
      count += part.removed.length;
      for (const removal of part.removed) if (removed.length < longestList) removed.push(removal);
    }
    return { bytes, sha256: hash.digest("hex"), removed, count };
  } finally {
    await new Promise<void>((done) => void out.end(done));
  }
}

/** Waits until the chunk is written, so that memory stays flat and a full disk is noticed here. */
function writeChunk(out: WriteStream, chunk: Uint8Array): Promise<void> {
  return new Promise((done, fail) => {
    out.write(chunk, (error) => (error ? fail(error) : done()));
  });
}

/** Fixed order, times, owners and modes: two archives of the same content are equal byte for byte. */
async function packFolder(folder: string, archive: string, top: string): Promise<void> {
  const packer = pack();
  const filled = fillPack(packer, folder, top).catch((error: unknown) => {
    packer.destroy(error instanceof Error ? error : new Error(String(error)));
  });
  await pipeline(packer, createGzip({ level: 6 }), createWriteStream(archive, { mode: 0o600, flags: "wx" }));
  await filled;
  const handle = await open(archive, "r+");
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

async function fillPack(packer: Pack, folder: string, top: string): Promise<void> {
  const names = [
    ...(await readdir(folder)),
    ...(await readdir(join(folder, "raw"))).map((name) => `raw/${name}`),
  ];
  for (const name of names.filter((entry) => entry !== "raw").toSorted()) {
    const { size } = await stat(join(folder, name));
    const header = { name: `${top}/${name}`, size, mode: 0o600, mtime: new Date(0), uid: 0, gid: 0 };
    await new Promise<void>((done, fail) => {
      const entry = packer.entry(header, (error) => (error ? fail(error) : done()));
      pipeline(createReadStream(join(folder, name)), entry).catch(fail);
    });
  }
  packer.finalize();
}
