// Non-breaking spaces and curly quotes that a chat or a word processor put in; those somebody typed into a config stay, they are the fault.

const nbsp = "\u00a0";

export function unpretty(lines: readonly string[]): readonly string[] {
  const spaced = hasForeignSpaces(lines) ? lines.map((line) => line.replaceAll(nbsp, " ")) : lines;
  return spaced.map(straighten);
}

/**
 * A browser or chat turns every second space of a run into a non-breaking one, so most runs of a paste have one.
 * A config with a real stray one has it in few places, between ordinary spaces elsewhere.
 */
function hasForeignSpaces(lines: readonly string[]): boolean {
  const heads = lines.map((line) => (line.length > 4_000 ? line.slice(0, 4_000) : line));
  const foreign = heads.filter((head) => head.includes(nbsp)).length;
  if (foreign < 3) return false;
  return foreign > heads.filter((head) => !head.includes(nbsp) && head.includes("  ")).length;
}

/** Only in log lines of the form key=“value”: there a curly quote can come from nothing but a paste. */
const pastedLogfmt = /\b(?:level|lvl|msg|ts|caller)=/;

function straighten(line: string): string {
  if (!/=[“”„]/.test(line) || !pastedLogfmt.test(line)) return line;
  return line.replace(/[“”„]/g, '"');
}
