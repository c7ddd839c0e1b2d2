// One path with owner and mode, as every listing tool emits it.
import type { Segment } from "../../model/evidence.ts";
import { given } from "../../model/given.ts";
import type { FileEntry } from "../../model/host.ts";
import { containerOf } from "../command.ts";
import { hostOf, type Line, placeOf } from "../lines.ts";
import type { Emit } from "../parser.ts";

export type Listed = Omit<FileEntry, "at" | "host" | "container">;

export function emitListed(segment: Segment, line: Line, emit: Emit, entry: Listed): void {
  const around = { at: placeOf(segment, line.index), host: hostOf(segment), container: containerOf(segment) };
  emit.fact("host.files", given({ ...around, ...entry }));
}
