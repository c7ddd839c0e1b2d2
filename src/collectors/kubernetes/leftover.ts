// Lines inside a segment that are not part of the output it is recognised as: each run of them is recognised on its own.
import type { Segment } from "../../model/evidence.ts";
import type { Emit } from "../parser.ts";

/** `indices`: ascending 0-based lines of the segment. */
export function emitLeftover(
  segment: Segment,
  lines: readonly string[],
  indices: readonly number[],
  emit: Emit,
): void {
  const { command: _command, ...rest } = segment;
  for (let i = 0; i < indices.length; i++) {
    const from = indices[i] ?? 0;
    while (indices[i + 1] === (indices[i] ?? 0) + 1) i++;
    const text = lines.slice(from, (indices[i] ?? from) + 1).join("\n");
    emit.segment({ ...rest, startLine: segment.startLine + from, text });
  }
}
