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
  let foreign = 0;
  let plain = 0;
  for (const line of lines) {
    const head = line.length > 4_000 ? line.slice(0, 4_000) : line;
    if (head.includes(nbsp)) foreign++;
    else if (/ {2}/.test(head)) plain++;
  }
  return foreign >= 3 && foreign > plain;
}

/** Only in log lines of the form key=“value”: there a curly quote can come from nothing but a paste. */
const pastedLogfmt = /\b(?:level|lvl|msg|ts|caller)=/;

function straighten(line: string): string {
  if (!/=[“”„]/.test(line) || !pastedLogfmt.test(line)) return line;
  return line.replace(/[“”„]/g, '"');
}
