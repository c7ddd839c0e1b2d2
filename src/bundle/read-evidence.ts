// Reads a path or standard input into sources: the one way evidence gets in, whatever it is packed in.
import { basename } from "node:path";
import type { Readable } from "node:stream";
import { UserError } from "../model/errors.ts";
import { type ByteSource, bytesOfBuffer, bytesOfFile } from "./byte-source.ts";
import { type FileSystem, realFileSystem } from "./file-system.ts";
import { limits } from "./limits.ts";
import { type Located, locate, locateAll } from "./locate.ts";
import { gapOfError, userErrorOf } from "./read-errors.ts";
import { isDocumentHead, sniff } from "./sniff.ts";
import type { EvidenceItem } from "./source-text.ts";
import { walkFolder } from "./walk-folder.ts";

export interface ReadOptions {
  readonly stdin?: Readable;
  readonly fs?: FileSystem;
}

/** Items in a fixed order. Only what the caller keeps stays in memory. */
export async function* readEvidence(
  pathOrDash: string,
  options: ReadOptions = {},
): AsyncGenerator<EvidenceItem, void, undefined> {
  const fs = options.fs ?? realFileSystem;
  if (pathOrDash === "-" || pathOrDash === "/dev/stdin") {
    const bytes = await readStandardInput(options.stdin ?? process.stdin);
    yield* readBytes(bytesOfBuffer(bytes), locate("stdin"));
    return;
  }
  const kind = await topLevelKind(pathOrDash, fs);
  if (kind === "folder") yield* readFolder(pathOrDash, fs);
  else yield* readFile(pathOrDash, locate(basename(pathOrDash)), fs, true);
}

async function topLevelKind(path: string, fs: FileSystem): Promise<"file" | "folder"> {
  let kind: Awaited<ReturnType<FileSystem["kind"]>>;
  try {
    kind = await fs.kind(path, true);
  } catch (error) {
    throw userErrorOf(path, error);
  }
  if (kind === "file" || kind === "folder") return kind;
  throw new UserError(
    "not-a-regular-file",
    `${path} is a FIFO, socket or device; reading it could block for ever`,
    `Pipe it instead: cat ${path} | watchmend diagnose --from -`,
  );
}

async function* readFolder(root: string, fs: FileSystem): AsyncGenerator<EvidenceItem> {
  try {
    await fs.list(root);
  } catch (error) {
    throw userErrorOf(root, error);
  }
  const { files, gaps } = await walkFolder(root, fs);
  if (files.length === 0 && gaps.length === 0) {
    yield { kind: "gap", gap: { what: ".", because: "absent", detail: "the folder is empty" } };
  }
  const located = locateAll(files.map((file) => file.source));
  for (const [i, file] of files.entries()) {
    yield* readFile(file.path, located[i] ?? locate(file.source), fs, false);
  }
  for (const gap of gaps) yield { kind: "gap", gap };
}

async function* readFile(
  path: string,
  origin: Located,
  fs: FileSystem,
  isTopLevel: boolean,
): AsyncGenerator<EvidenceItem> {
  try {
    const file = await fs.open(path);
    const { sizeBytes } = file;
    await file.close();
    yield* readBytes(bytesOfFile(path, sizeBytes, fs), origin);
  } catch (error) {
    if (isTopLevel) throw userErrorOf(path, error);
    yield { kind: "gap", gap: gapOfError(origin.source, error) };
  }
}

async function* readBytes(bytes: ByteSource, origin: Located): AsyncGenerator<EvidenceItem> {
  const { source } = origin;
  const head = await bytes.read(0, limits.sniffBytes);
  if (head.length === 0) {
    yield { kind: "gap", gap: { what: source, because: "absent", detail: "the file is empty" } };
    return;
  }
  if (bytes.sizeBytes > limits.sourceBytes) {
    const detail = `larger than ${limits.sourceBytes / 2 ** 30} GiB; it is not read`;
    yield { kind: "gap", gap: { what: source, because: "too-large", detail } };
    return;
  }
  if (sniff(head) !== "text") {
    yield { kind: "gap", gap: { what: source, because: "unparseable", detail: "a binary file, no text" } };
    return;
  }
  const whole = isDocumentHead(head) ? limits.wholeDocumentBytes : limits.wholeTextBytes;
  if (bytes.sizeBytes > whole) {
    yield { ...origin, kind: "stream", sizeBytes: bytes.sizeBytes, open: () => bytes.chunks() };
    return;
  }
  const text = await bytes.read(0, whole + 1);
  if (text.length > whole) {
    yield { ...origin, kind: "stream", sizeBytes: text.length, open: () => bytes.chunks() };
    return;
  }
  yield { ...origin, kind: "text", bytes: text };
}

async function readStandardInput(stdin: Readable): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  for await (const chunk of stdin) parts.push(typeof chunk === "string" ? Buffer.from(chunk) : chunk);
  return Buffer.concat(parts);
}
