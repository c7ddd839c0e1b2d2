// Files out of an archive that came over the line: bounded, regular files only, and what came before a cut still counts.
import { Readable } from "node:stream";
import { extract } from "tar-stream";

export interface PackedFile {
  /** As written in the archive, without leading slashes. */
  readonly name: string;
  readonly bytes: Uint8Array;
}

export interface Unpacked {
  readonly files: readonly PackedFile[];
  /** The archive ended early, or is none. */
  readonly isDamaged: boolean;
}

const mostFiles = 400;
const largestFile = 1_048_576;

export async function unpackTar(archive: Uint8Array): Promise<Unpacked> {
  const files: PackedFile[] = [];
  let isDamaged = false;
  const reader = extract();
  reader.on("entry", (header, stream, next) => {
    const isWanted = header.type === "file" && (header.size ?? 0) <= largestFile && files.length < mostFiles;
    const chunks: Buffer[] = [];
    stream.on("data", (chunk: unknown) => {
      if (isWanted && chunk instanceof Uint8Array) chunks.push(Buffer.from(chunk));
    });
    stream.on("error", () => next());
    stream.on("end", () => {
      if (isWanted)
        files.push({ name: header.name.replace(/^(?:\.?\/+)+/, ""), bytes: Buffer.concat(chunks) });
      next();
    });
    stream.resume();
  });
  await new Promise<void>((resolve) => {
    const fail = (): void => {
      isDamaged = true;
      resolve();
    };
    reader.on("finish", resolve);
    reader.on("error", fail);
    reader.on("close", resolve);
    Readable.from([Buffer.from(archive)])
      .on("error", fail)
      .pipe(reader);
  });
  return { files, isDamaged };
}
