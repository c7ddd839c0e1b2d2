// Files of `docker save` on this machine: which images they hold, and the checksum they are sent with.
import { createHash } from "node:crypto";
import { createReadStream, existsSync, readdirSync, statSync } from "node:fs";
import { dirname, isAbsolute, join } from "node:path";
import { PassThrough } from "node:stream";
import { pipeline } from "node:stream/promises";
import { createGunzip } from "node:zlib";
import { extract } from "tar-stream";
import { UserError } from "../model/errors.ts";
import { isRecord, itemsOf, memberOf } from "../model/json-value.ts";
import type { ImageArchive } from "../model/preflight.ts";
import type { StackFile } from "../model/stack-file.ts";

const names = /\.(?:tar|tar\.gz|tgz)$/;
/** Of a member that may be a manifest or a configuration; layers are far larger. */
const largestDocument = 4_000_000;

/** Those of the folder, and those the model names. `modelFile` is what their paths are relative to. */
export async function readImageArchives(
  folder: string | undefined,
  stack: StackFile,
  modelFile: string,
): Promise<readonly ImageArchive[]> {
  const named = stack.components.flatMap(({ archive }) => archive ?? []);
  const files = [
    ...named.map((file) => (isAbsolute(file) ? file : join(dirname(modelFile), file))),
    ...(folder === undefined ? [] : filesIn(folder)),
  ];
  return await Promise.all([...new Set(files)].map(readArchive));
}

function filesIn(folder: string): readonly string[] {
  if (!existsSync(folder) || !statSync(folder).isDirectory())
    throw new UserError(
      "path-not-found",
      `${folder} is no folder`,
      "Name a folder with files of docker save with --images FOLDER.",
    );
  return readdirSync(folder)
    .filter((name) => names.test(name))
    .sort()
    .map((name) => join(folder, name));
}

async function readArchive(file: string): Promise<ImageArchive> {
  const hash = createHash("sha256");
  const documents = new Map<string, string>();
  let bytes = 0;
  const broken = (why: string): ImageArchive => ({
    file,
    bytes,
    sha256: hash.digest("hex"),
    images: [],
    broken: why,
  });
  try {
    const source = createReadStream(file);
    source.on("data", (chunk) => {
      hash.update(chunk);
      bytes += chunk.length;
    });
    const tar = extract();
    tar.on("entry", (header, stream, next) => {
      const keep = /(?:^|\/)(?:manifest\.json|[0-9a-f]{64}(?:\.json)?)$/.test(header.name);
      const parts: Buffer[] = [];
      stream.on("end", next);
      if (!keep || (header.size ?? 0) > largestDocument) {
        stream.resume();
        return;
      }
      stream.on("data", (part: unknown) => {
        if (part instanceof Uint8Array) parts.push(Buffer.from(part));
      });
      stream.on("end", () => documents.set(header.name, Buffer.concat(parts).toString("utf8")));
    });
    await pipeline(source, file.endsWith("tar") ? new PassThrough() : createGunzip(), tar);
  } catch (error) {
    return broken(`it cannot be read: ${error instanceof Error ? error.message : String(error)}`);
  }
  const images = imagesIn(documents);
  return images.length === 0
    ? broken("it is no file of docker save")
    : { file, bytes, sha256: hash.digest("hex"), images };
}

function imagesIn(documents: ReadonlyMap<string, string>): ImageArchive["images"] {
  return itemsOf(parsed(documents.get("manifest.json"))).flatMap((entry) => {
    const config = memberOf(entry, "Config");
    if (typeof config !== "string") return [];
    const tags = itemsOf(memberOf(entry, "RepoTags")).filter((tag): tag is string => typeof tag === "string");
    const arch = memberOf(parsed(documents.get(config)), "architecture");
    const id = /([0-9a-f]{64})/.exec(config)?.[1];
    return id === undefined
      ? []
      : [{ tags, id: `sha256:${id}`, ...(typeof arch === "string" ? { arch } : {}) }];
  });
}

function parsed(text: string | undefined): unknown {
  try {
    const value: unknown = JSON.parse(text ?? "");
    return Array.isArray(value) || isRecord(value) ? value : undefined;
  } catch {
    return undefined;
  }
}
