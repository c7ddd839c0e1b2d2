// Redacts texts that are too large to be held: line by line, in constant memory.
import type { Redacted, Redactor } from "./redact.ts";

/** Lines are handled in blocks of this size, so that what stands around a line is still seen. */
const blockChars = 1024 * 1024;
/** Longer lines are cut at a blank or comma: no secret of a known form holds one. */
const longestLine = 4 * blockChars;

/** Blocks that end with a line, with the number of their first line. */
async function* blocksOf(
  chunks: AsyncIterable<Uint8Array>,
): AsyncGenerator<{ readonly text: string; readonly firstLine: number }> {
  const decoder = new TextDecoder();
  let held = "";
  let firstLine = 1;
  for await (const chunk of chunks) {
    held += decoder.decode(chunk, { stream: true });
    const end = held.length < blockChars ? undefined : blockEnd(held);
    if (end === undefined) continue;
    const text = held.slice(0, end);
    held = held.slice(end);
    yield { text, firstLine };
    for (let at = text.indexOf("\n"); at >= 0; at = text.indexOf("\n", at + 1)) firstLine++;
  }
  held += decoder.decode();
  if (held !== "") yield { text: held, firstLine };
}

function blockEnd(held: string): number | undefined {
  const newline = held.lastIndexOf("\n");
  if (newline >= 0) return newline + 1;
  if (held.length < longestLine) return undefined;
  const blank = Math.max(held.lastIndexOf(" "), held.lastIndexOf(","));
  return blank > 0 ? blank + 1 : held.length;
}

export async function learnStream(redactor: Redactor, chunks: AsyncIterable<Uint8Array>): Promise<void> {
  for await (const { text } of blocksOf(chunks)) redactor.learn(text);
}

/** The redacted text block by block, each with what was removed from it. */
export async function* redactStream(
  redactor: Redactor,
  chunks: AsyncIterable<Uint8Array>,
  source: string,
): AsyncGenerator<Redacted> {
  for await (const { text, firstLine } of blocksOf(chunks)) yield redactor.redact(text, source, firstLine);
}
