// The look before a deployment at a terminal: hosts that are ready in one line, everything else with its proof and the next command.
import type { Preflight, PreflightResult, PreflightState } from "../model/preflight.ts";
import type { TextOptions } from "./options.ts";
import { hanging } from "./terminal/block.ts";
import { createInk, type Ink } from "./text/ink.ts";

const labels: Readonly<Record<PreflightState, string>> = {
  ok: "ok  ",
  warn: "warn",
  stop: "STOP",
  unknown: "????",
};
const mostPerHost = 30;

/** `all` also shows every single thing that is as it should be. */
export function renderPreflight(
  preflight: Preflight,
  options: TextOptions & { readonly all?: boolean } = {},
): string {
  const ink = createInk(options);
  const byHost = new Map<string, PreflightResult[]>();
  for (const result of preflight.results)
    byHost.set(result.host, [...(byHost.get(result.host) ?? []), result]);
  const lines = [...byHost].flatMap(([host, results]) => hostLines(host, results, ink, options.all ?? false));
  return `${[...lines, ...answer(preflight, ink)].join("\n")}\n`;
}

function hostLines(host: string, results: readonly PreflightResult[], ink: Ink, all: boolean): string[] {
  const shown = results.filter(({ state }) => all || state !== "ok");
  const ok = results.length - results.filter(({ state }) => state !== "ok").length;
  const head = shown.length === 0 ? ink.green("ready") : `${shown.length} to look at`;
  const most = all ? Number.POSITIVE_INFINITY : mostPerHost;
  return [
    `${ink.bold(ink.text(host))}  ${head}${ink.dim(`, ${ok} as it should be`)}`,
    ...shown.slice(0, most).flatMap((result) => resultLines(result, ink)),
    ...(shown.length > most ? [`  and ${shown.length - most} more; --format json has them all`] : []),
  ];
}

function resultLines({ state, check, says, proof, next }: PreflightResult, ink: Ink): string[] {
  const paint = { ok: ink.green, warn: ink.yellow, stop: ink.red, unknown: ink.yellow }[state];
  const lines = hanging(ink, `  ${paint(labels[state])}  `, "        ", `${check}: ${ink.text(says)}`);
  if (state === "ok") return lines;
  for (const { source, line, excerpt } of proof.slice(0, 3)) {
    const place = line === undefined ? source : `${source}:${line}`;
    lines.push(
      ...hanging(ink, "        ", "          ", `seen in ${ink.text(place)}: ${ink.text(excerpt)}`, ink.dim),
    );
  }
  if (next !== undefined) lines.push(...ink.lines(next).map((row) => `        next: ${ink.bold(row)}`));
  return lines;
}

function answer({ verdict, counts, accepted }: Preflight, ink: Ink): string[] {
  const numbers = `${counts.stop} stop, ${counts.unknown} unknown, ${counts.warn} warn, ${counts.ok} ok`;
  const text = {
    go:
      counts.unknown > 0 && accepted
        ? `Nothing stands in the way that is known; ${counts.unknown} unknown accepted.`
        : "Nothing stands in the way.",
    stop: "Not ready: what says STOP comes first. Nothing was changed.",
    unknown:
      "Could not tell everything: find out what says ????, or accept it with --accept-unknown. Nothing was changed.",
  }[verdict];
  const paint = { go: ink.green, stop: ink.red, unknown: ink.yellow }[verdict];
  return ["", ...hanging(ink, "", "", `${text} (${numbers})`, (row) => ink.bold(paint(row)))];
}
