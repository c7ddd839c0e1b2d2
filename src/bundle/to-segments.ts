// From one source's bytes to segments: decode, clean, split.
import type { Segment } from "../model/evidence.ts";
import { cleanText } from "./clean-text.ts";
import type { SourceText } from "./source-text.ts";
import { splitSession } from "./split-session.ts";

export function toSegments(source: SourceText): readonly Segment[] {
  return splitSession(cleanText(source.bytes), source);
}
