// Two validations side by side: what a migration gained, and above all what it lost.
import type { Comparison } from "../../model/comparison.ts";
import type { TextOptions } from "../options.ts";
import { hanging } from "../terminal/block.ts";
import { createInk } from "../text/ink.ts";

export function renderComparison(comparison: Comparison, options: TextOptions = {}): string {
  const ink = createInk(options);
  const lines: string[] = [ink.bold("compared with before")];
  for (const { what, before, after, lost, gained } of comparison.parts) {
    const sign = lost.length > 0 ? ink.red("LOST") : ink.green("kept");
    lines.push(...hanging(ink, `  ${sign}  `, "        ", `${what}: ${before} before, ${after} now`));
    for (const name of lost.slice(0, 12))
      lines.push(...hanging(ink, "        - ", "          ", ink.text(name), ink.red));
    if (lost.length > 12) lines.push(`        and ${lost.length - 12} more lost`);
    for (const name of gained.slice(0, 6))
      lines.push(...hanging(ink, "        + ", "          ", ink.text(name), ink.green));
    if (gained.length > 6) lines.push(`        and ${gained.length - 6} more new`);
  }
  for (const { check, subject, before, after } of comparison.turned)
    lines.push(
      ...hanging(
        ink,
        "  ",
        "    ",
        `${check} ${ink.text(subject)}: ${before} → ${after}`,
        after === "fail" || after === "unknown" ? ink.red : ink.green,
      ),
    );
  lines.push(
    ink.bold(
      comparison.worse
        ? ink.red("Something that worked before does not work now.")
        : ink.green("Nothing that worked before is lost."),
    ),
  );
  return `${lines.join("\n")}\n`;
}
