// What an archive holds, before anything of it is read.
import type { Gap } from "../model/evidence.ts";
import type { ByteSource } from "./byte-source.ts";

export interface ArchiveFile {
  readonly name: string;
  readonly bytes: ByteSource;
}

export interface ArchiveIndex {
  readonly files: readonly ArchiveFile[];
  readonly gaps: readonly Gap[];
  /** Set when the archive ends early or makes no sense from some point on; `files` is what stands before it. */
  readonly damage?: string;
}
