// `explain RULE` and `rules` in the terminal, from what the rules declare about themselves.
import type { TextOptions } from "./options.ts";
import {
  accountedBy,
  causesOf,
  consequencesOf,
  effectWords,
  faultTexts,
  filterRules,
  type RuleText,
} from "./rule-text.ts";
import { command, hanging, listNames } from "./terminal/block.ts";
import { createInk, type Ink } from "./text/ink.ts";
import { columns, padEnd } from "./text/width.ts";
import { count } from "./verdict.ts";

const relatedShown = 8;

export interface ExplainOptions extends TextOptions {
  /** The whole catalogue, to say which rules belong together. */
  readonly rules?: readonly RuleText[];
}

export function renderRule(rule: RuleText, options: ExplainOptions = {}): string {
  const ink = createInk(options);
  const all = options.rules ?? [];
  const parts = [
    titleLines(rule, ink),
    hanging(ink, "  ", "  ", ink.text(rule.why)),
    section(ink, "what it looks like", looks(rule, ink)),
    section(ink, "what it brings about", [
      ...(rule.nature === "cause" && rule.effect !== "none"
        ? hanging(ink, "  ", "  ", `${rule.component} ${effectWords[rule.effect]}`)
        : []),
      ...(rule.explains ?? []).flatMap((entry) =>
        hanging(ink, "  * ", "    ", `${ink.text(entry.rule)}: ${ink.text(entry.mechanism)}`),
      ),
      ...related(consequencesOf(rule, all), ink),
    ]),
    section(ink, "what accounts for it", [
      ...(rule.explainedBy ?? []).flatMap((entry) => hanging(ink, "  * ", "    ", accountedBy(entry))),
      ...related(causesOf(rule, all), ink),
    ]),
    section(ink, "what else looks like it", rivals(rule, ink)),
    section(ink, "fix", [
      rule.fix
        ? "  planned from the evidence: watchmend remediate"
        : "  by hand; the finding names what to change",
    ]),
    section(ink, "how to look", rule.decideWith ? command(ink, "  ", rule.decideWith) : []),
    section(
      ink,
      "read more",
      rule.references.map((reference) => `  ${ink.text(reference)}`),
    ),
  ].filter((part) => part.length > 0);
  return `${parts.map((part) => part.join("\n")).join("\n\n")}\n`;
}

function titleLines(rule: RuleText, ink: Ink): string[] {
  const word = ink.severity(rule.severity, `${rule.severity}:`);
  const phase = rule.phase ? [`at start phase ${rule.phase}`] : [];
  const meta = [rule.id, rule.nature, rule.layer, ...phase].map(ink.text).join(` ${ink.glyphs.dot} `);
  return [
    ...hanging(ink, `${word} `, " ".repeat(rule.severity.length + 2), ink.text(rule.title), ink.bold),
    ...hanging(ink, "  ", "  ", meta, ink.dim),
  ];
}

function section(ink: Ink, title: string, lines: readonly string[]): string[] {
  return lines.length === 0 ? [] : [ink.bold(title), ...lines];
}

function looks(rule: RuleText, ink: Ink): string[] {
  const texts = faultTexts(rule).flatMap((text) => hanging(ink, "  * ", "    ", ink.text(readable(text))));
  if (texts.length > 0) return texts;
  return hanging(ink, "  ", "  ", `No log line; it is derived from ${rule.needs.join(", ")}.`);
}

/** Holes of a text pattern as people read them: `{path*}` becomes `<path>`. */
export function readable(pattern: string): string {
  return pattern.replace(/\{([a-zA-Z][a-zA-Z0-9]*)[*#]?\}/g, "<$1>");
}

function related(rules: readonly RuleText[], ink: Ink): string[] {
  if (rules.length === 0) return [];
  const names = rules.map((rule) => ink.text(rule.id));
  return hanging(
    ink,
    "  ",
    "  ",
    `${count(rules.length, "rule")}: ${listNames(names, relatedShown)}`,
    ink.dim,
  );
}

function rivals(rule: RuleText, ink: Ink): string[] {
  return (rule.rivals ?? []).flatMap((rival) => [
    ...hanging(ink, "  * ", "    ", `${ink.text(rival.rule)}: ${ink.text(rival.tellApart)}`),
    ...(rival.decideWith ? command(ink, "      ", rival.decideWith) : []),
  ]);
}

export interface RuleListOptions extends TextOptions {
  /** Words that must all occur in a rule. */
  readonly filter?: string;
}

export function renderRuleList(rules: readonly RuleText[], options: RuleListOptions = {}): string {
  const ink = createInk(options);
  const found = filterRules(rules, options.filter ?? "");
  if (found.length === 0) {
    return `No rule contains "${ink.text(options.filter ?? "")}". All ${count(rules.length, "rule")}: watchmend rules\n`;
  }
  const sorted = [...found].sort((one, other) => (one.id < other.id ? -1 : 1));
  const groups = new Map<string, RuleText[]>();
  for (const rule of sorted) {
    const component = rule.id.split("/")[0] ?? "";
    groups.set(component, [...(groups.get(component) ?? []), rule]);
  }
  const idWidth = Math.min(
    Math.max(...sorted.map((rule) => columns(shortId(rule)))),
    Math.floor(ink.width * 0.45),
  );
  const parts = [...groups].map(([component, members]) => [
    `${ink.bold(ink.text(component))} ${ink.dim(`(${members.length})`)}`,
    ...members.flatMap((rule) => ruleLine(rule, idWidth, ink)),
  ]);
  const total =
    found.length === rules.length
      ? count(rules.length, "rule")
      : `${found.length} of ${count(rules.length, "rule")}`;
  const legend = "C critical, W warning, n notice. More about one: watchmend explain RULE";
  return `${parts.map((part) => part.join("\n")).join("\n\n")}\n\n${total}. ${legend}\n`;
}

function shortId(rule: RuleText): string {
  return rule.id.split("/").slice(1).join("/");
}

function ruleLine(rule: RuleText, idWidth: number, ink: Ink): string[] {
  const id = ink.text(shortId(rule));
  const sign = ink.severity(rule.severity, { critical: "C", warning: "W", notice: "n" }[rule.severity]);
  const indent = " ".repeat(idWidth + 6);
  const first = `  ${sign} ${padEnd(id, idWidth)}  `;
  if (columns(id) <= idWidth) return hanging(ink, first, indent, ink.text(rule.title));
  return [`  ${sign} ${id}`, ...hanging(ink, indent, indent, ink.text(rule.title))];
}
