// Reads a path or standard input into sources: the one way evidence gets in, whatever it is packed in.
import { basename } from "node:path";
import type { Readable } from "node:stream";
import { UserError } from "../model/errors.ts";
import type { Gap } from "../model/evidence.ts";
import { byPath } from "./archive-path.ts";
import { type ByteSource, bytesOfFile } from "./byte-source.ts";
import { type EntryKind, type FileSystem, realFileSystem } from "./file-system.ts";
import { limits } from "./limits.ts";
import { locate } from "./locate.ts";
import { openArchive } from "./open-archive.ts";
import { userErrorOf } from "./read-errors.ts";
import { type ReadContext, readBytes, readTree } from "./read-tree.ts";
import { sniff } from "./sniff.ts";
import type { EvidenceItem } from "./source-text.ts";
import { spool } from "./spool.ts";
import { summariseGaps } from "./summarise-gaps.ts";
import { damaged, refused, UnpackBudget } from "./unpack-budget.ts";
import { walkFolder } from "./walk-folder.ts";

export interface ReadOptions {
  readonly stdin?: Readable;
  readonly fs?: FileSystem;
}

/** Items in a fixed order, gaps last. Only what the caller keeps stays in memory. */
export async function* readEvidence(
  pathOrDash: string,
  options: ReadOptions = {},
): AsyncGenerator<EvidenceItem, void, undefined> {
  const gaps: Gap[] = [];
  let found = 0;
  for await (const item of readAny(pathOrDash, options)) {
    if (item.kind === "gap") {
      gaps.push(item.gap);
      continue;
    }
    found++;
    yield item;
  }
  if (found === 0 && gaps.length === 0) {
    gaps.push({ what: ".", because: "absent", detail: "nothing to read was found in it" });
  }
  for (const gap of summariseGaps(gaps.toSorted((a, b) => byPath(a.what, b.what))))
    yield { kind: "gap", gap };
}

async function* readAny(pathOrDash: string, options: ReadOptions): AsyncGenerator<EvidenceItem> {
  const fs = options.fs ?? realFileSystem;
  const context: ReadContext = { budget: new UnpackBudget(), depth: 0 };
  if (pathOrDash === "-" || pathOrDash === "/dev/stdin") {
    yield* readTop(await readStandardInput(options.stdin ?? process.stdin), "stdin", context);
    return;
  }
  const kind = await topLevelKind(pathOrDash, fs);
  if (kind === "folder") {
    yield* readFolder(pathOrDash, fs, context);
    return;
  }
  try {
    const file = await fs.open(pathOrDash);
    const { sizeBytes } = file;
    await file.close();
    yield* readTop(bytesOfFile(pathOrDash, sizeBytes, fs), basename(pathOrDash), context);
  } catch (error) {
    throw userErrorOf(pathOrDash, error);
  }
}

async function topLevelKind(path: string, fs: FileSystem): Promise<"file" | "folder"> {
  let kind: EntryKind;
  try {
    ({ kind } = await fs.look(path, true));
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

async function* readFolder(root: string, fs: FileSystem, context: ReadContext): AsyncGenerator<EvidenceItem> {
  let walked: Awaited<ReturnType<typeof walkFolder>>;
  try {
    await fs.list(root);
    walked = await walkFolder(root, fs);
  } catch (error) {
    throw userErrorOf(root, error);
  }
  const files = walked.files.map(({ source, path, sizeBytes }) => ({
    name: source,
    bytes: bytesOfFile(path, sizeBytes, fs),
  }));
  yield* readTree({ files, gaps: walked.gaps }, "", context);
}

/** The file a person named: when it is an archive that cannot be opened, there is nothing to go on with. */
async function* readTop(bytes: ByteSource, name: string, context: ReadContext): AsyncGenerator<EvidenceItem> {
  const kind = sniff(await bytes.read(0, limits.sniffBytes));
  if (kind === "text" || kind === "binary" || kind === "packed") {
    yield* readBytes(bytes, locate(name), context);
    return;
  }
  const opened = await openArchive(bytes, kind, name, context.budget);
  if (opened.kind === "file") {
    yield* readBytes(bytes, locate(name), context);
    return;
  }
  if (opened.damage) throw damaged(`${name} cannot be read to its end: ${opened.damage}`);
  yield* readTree(opened, "", { ...context, depth: 1 });
}

async function readStandardInput(stdin: Readable): Promise<ByteSource> {
  let size = 0;
  const chunks = async function* () {
    for await (const chunk of stdin) {
      const bytes: Uint8Array = typeof chunk === "string" ? Buffer.from(chunk) : chunk;
      size += bytes.length;
      if (size > limits.unpackedBytes) {
        throw refused(`standard input is longer than ${limits.unpackedBytes / 2 ** 30} GiB`);
      }
      yield bytes;
    }
  };
  return spool(chunks());
}
