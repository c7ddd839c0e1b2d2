// Where a result goes: one document on stdout or in a file, everything else on stderr.
import { mkdtempSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { exitCodes, UserError } from "../model/errors.ts";
import type { Report, Verdict } from "../model/report.ts";
import type { OutputOptions } from "./output-options.ts";
import { whyUnwritten } from "./write-errors.ts";

export function exitCodeOf(verdict: Verdict): number {
  if (verdict === "healthy") return exitCodes.clean;
  return verdict === "problems" ? exitCodes.problems : exitCodes.unknown;
}

/** Renders in the chosen format. Only the module of that format is loaded. */
export async function render(report: Report, options: OutputOptions, topology = false): Promise<string> {
  switch (options.format) {
    case "json":
      return (await import("../report/json.ts")).renderJson(report);
    case "markdown":
      return (await import("../report/markdown.ts")).renderMarkdown(report);
    case "html":
      return (await import("../report/html.ts")).renderHtml(report);
    case "sarif": {
      const { rules } = await import("../rules/registry.ts");
      return (await import("../report/sarif.ts")).renderSarif(report, { rules });
    }
    case "junit":
      return (await import("../report/junit.ts")).renderJunit(report);
    default:
      return await renderForTerminal(report, options, topology);
  }
}

async function renderForTerminal(report: Report, options: OutputOptions, topology: boolean): Promise<string> {
  const { renderTerminal } = await import("../report/terminal.ts");
  const style = terminalStyle(options);
  if (!topology) return renderTerminal(report, style);
  const { renderTopology } = await import("../report/topology-text.ts");
  return `${renderTopology(report, style)}
${renderTerminal(report, style)}`;
}

/** --show-secrets counts only where a person looks: never in a pipe or a file. */
export function maySeeSecrets(options: OutputOptions): boolean {
  if (!options.showSecrets) return false;
  if (process.stdout.isTTY === true && options.output === undefined) return true;
  throw new UserError(
    "usage",
    "--show-secrets works only on a terminal: a file or pipe would keep the secrets",
    "Leave the option out, or run the command without -o and without a pipe.",
  );
}

/** Colour and width as the terminal allows; plain 80 columns for pipes and files. */
export function terminalStyle(options: { readonly color: boolean; readonly output?: string }): {
  width: number;
  colour: boolean;
  unicode: boolean;
} {
  const isScreen = process.stdout.isTTY === true && options.output === undefined;
  const unicode = /utf-?8/i.test(process.env.LC_ALL ?? process.env.LC_CTYPE ?? process.env.LANG ?? "UTF-8");
  return {
    width: isScreen ? Math.min(Math.max(process.stdout.columns ?? 80, 60), 120) : 80,
    colour: isScreen && options.color && !process.env.NO_COLOR && process.env.TERM !== "dumb",
    unicode,
  };
}

/** Writes to stdout, or to a file that appears whole or not at all. */
export function deliver(text: string, file: string | undefined): void {
  const document = text.endsWith("\n") ? text : `${text}\n`;
  if (file === undefined) {
    process.stdout.write(document);
    return;
  }
  try {
    const folder = mkdtempSync(join(dirname(file), ".watchmend-"));
    const draft = join(folder, basename(file));
    writeFileSync(draft, document);
    renameSync(draft, file);
    rmSync(folder, { recursive: true, force: true });
  } catch (error) {
    throw new UserError(
      "output-unwritable",
      `cannot write ${file}: ${whyUnwritten(error)}`,
      "Choose a file in a folder that exists and that you may write to, with -o FILE.",
      { cause: error },
    );
  }
}

export function note(options: { readonly quiet?: boolean }, text: string): void {
  if (!options.quiet) process.stderr.write(`${text}\n`);
}
