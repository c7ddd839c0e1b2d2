// A folder or an archive, once it is listed: bundles by their manifest, everything else file by file.
import { createHash } from "node:crypto";
import type { Gap } from "../model/evidence.ts";
import type { ByteSource } from "./byte-source.ts";
import { limits } from "./limits.ts";
import { type Located, locateAll } from "./locate.ts";
import {
  analysisName,
  collectorLogName,
  type Manifest,
  type ManifestItem,
  manifestName,
  parseManifest,
} from "./manifest.ts";
import { gapOfItem, originOf } from "./manifest-origin.ts";
import { openArchive } from "./open-archive.ts";
import { gapOfError, messageOf } from "./read-errors.ts";
import { isDocumentHead, sniff } from "./sniff.ts";
import type { EvidenceItem, SourceOrigin } from "./source-text.ts";
import type { UnpackBudget } from "./unpack-budget.ts";

export interface Tree {
  readonly files: readonly { readonly name: string; readonly bytes: ByteSource }[];
  readonly gaps: readonly Gap[];
}

export interface ReadContext {
  readonly budget: UnpackBudget;
  /** How many archives this one is packed in. */
  readonly depth: number;
}

export async function* readTree(
  tree: Tree,
  prefix: string,
  context: ReadContext,
): AsyncGenerator<EvidenceItem> {
  const bundle = await findManifest(tree);
  const used = new Set<string>();
  if (bundle) yield* readBundle(tree, bundle.manifest, bundle.folder, used);
  const loose = tree.files.filter((file) => !used.has(file.name) && !isOurs(file.name, bundle?.folder));
  const located = locateAll(loose.map((file) => prefix + file.name));
  for (const [i, file] of loose.entries()) {
    const origin = located[i];
    if (origin) yield* readInner(file.bytes, origin, context);
  }
  for (const gap of tree.gaps) yield { kind: "gap", gap: { ...gap, what: prefix + gap.what } };
}

/** One file of a tree: whatever is wrong with it is told and does not stop the others. */
async function* readInner(
  bytes: ByteSource,
  origin: Located,
  context: ReadContext,
): AsyncGenerator<EvidenceItem> {
  try {
    yield* readBytes(bytes, origin, context);
  } catch (error) {
    yield { kind: "gap", gap: gapOfError(origin.source, error) };
  }
}

/** Text as it is; archives are opened, unless they are packed too deep. */
export async function* readBytes(
  bytes: ByteSource,
  origin: Located,
  context: ReadContext,
): AsyncGenerator<EvidenceItem> {
  const { source } = origin;
  const head = await bytes.read(0, limits.sniffBytes);
  if (head.length === 0) return yield gapItem(source, "absent", "the file is empty");
  if ((bytes.sizeBytes ?? 0) > limits.sourceBytes) {
    return yield gapItem(
      source,
      "too-large",
      `larger than ${limits.sourceBytes / 2 ** 30} GiB; it is not read`,
    );
  }
  const kind = sniff(head);
  if (kind === "text") return yield* readText(bytes, head, origin);
  if (kind === "binary") return yield gapItem(source, "unparseable", "a binary file, no text");
  if (kind === "packed") {
    return yield gapItem(source, "unparseable", "packed in a way that is not read here; unpack it first");
  }
  if (context.depth >= limits.archiveDepth) {
    return yield gapItem(source, "too-large", `archives in archives, more than ${limits.archiveDepth} deep`);
  }
  const opened = await openArchive(bytes, kind, source, context.budget);
  const inside = { ...context, depth: context.depth + 1 };
  if (opened.kind === "file") {
    yield* readBytes(opened.bytes, origin, inside);
    const damage = opened.damage();
    if (damage) yield gapItem(source, "unreadable", damage);
    return;
  }
  const prefix = `${source}/`;
  yield* readTree(opened, prefix, inside);
  if (opened.damage) yield gapItem(source, "unreadable", `the archive is damaged: ${opened.damage}`);
}

async function* readText(
  bytes: ByteSource,
  head: Uint8Array,
  origin: SourceOrigin,
): AsyncGenerator<EvidenceItem> {
  const whole = isDocumentHead(head) ? limits.wholeDocumentBytes : limits.wholeTextBytes;
  const { sizeBytes } = bytes;
  const open = () => bytes.chunks();
  if (sizeBytes !== undefined && sizeBytes > whole) {
    return yield { ...origin, kind: "stream", sizeBytes, open };
  }
  // Files that grow, and those below /proc, have other sizes than they say.
  const isAll = head.length < limits.sniffBytes;
  const text = isAll ? head : await bytes.read(0, whole + 1);
  if (text.length > whole || hasTooManyLines(text)) yield { ...origin, kind: "stream", open };
  else yield { ...origin, kind: "text", bytes: text };
}

/** Every line costs as much as a hundred characters, also an empty one. */
export function hasTooManyLines(bytes: Uint8Array): boolean {
  if (bytes.length <= limits.documentLines) return false;
  let lines = 0;
  for (let at = bytes.indexOf(10); at >= 0 && lines <= limits.documentLines; at = bytes.indexOf(10, at + 1))
    lines++;
  return lines > limits.documentLines;
}

function gapItem(what: string, because: Gap["because"], detail: string): EvidenceItem {
  return { kind: "gap", gap: { what, because, detail } };
}

interface FoundBundle {
  readonly manifest: Manifest;
  /** Empty, or the one folder everything is in, with its slash. */
  readonly folder: string;
}

async function findManifest(tree: Tree): Promise<FoundBundle | undefined> {
  const candidates = tree.files.filter((file) => /^(?:[^/]+\/)?manifest\.json$/.test(file.name));
  for (const { name, bytes } of candidates) {
    if ((bytes.sizeBytes ?? 0) > limits.manifestBytes) continue;
    try {
      const text = new TextDecoder().decode(await bytes.read(0, limits.manifestBytes));
      const manifest = parseManifest(text);
      if (manifest) return { manifest, folder: name.slice(0, -manifestName.length) };
    } catch {
      // Not to be read: it is told when its turn comes among the other files.
    }
  }
  return undefined;
}

function isOurs(name: string, folder: string | undefined): boolean {
  if (folder === undefined || !name.startsWith(folder)) return false;
  return [manifestName, analysisName, collectorLogName].includes(name.slice(folder.length));
}

async function* readBundle(
  tree: Tree,
  manifest: Manifest,
  folder: string,
  used: Set<string>,
): AsyncGenerator<EvidenceItem> {
  const files = new Map(tree.files.map((file) => [file.name, file.bytes]));
  for (const item of manifest.items) {
    if (item.status !== "collected") {
      yield { kind: "gap", gap: gapOfItem(item, item.status) };
      continue;
    }
    const name = folder + (item.file ?? "");
    const bytes = files.get(name);
    used.add(name);
    if (!bytes) yield gapItem(item.locator, "absent", "the manifest names it, but it is not in the bundle");
    else yield* readItem(item, bytes);
  }
}

async function* readItem(item: ManifestItem, bytes: ByteSource): AsyncGenerator<EvidenceItem> {
  const origin = originOf(item);
  try {
    for await (const read of readText(bytes, await bytes.read(0, limits.sniffBytes), origin)) {
      yield read;
      if (read.kind !== "text" || !item.sha256) continue;
      if (createHash("sha256").update(read.bytes).digest("hex") === item.sha256) continue;
      yield gapItem(
        item.locator,
        "unreadable",
        "it was changed after the bundle was made: its check sum differs",
      );
    }
  } catch (error) {
    yield gapItem(item.locator, "unreadable", messageOf(error));
  }
}
