// The documentation page of one rule, generated from the rule and its rendered bad case.
import { readable } from "./explain.ts";
import { escapeMarkdown, fenced, inlineCode } from "./markdown/escape.ts";
import {
  accountedBy,
  causesOf,
  consequencesOf,
  effectWords,
  faultTexts,
  type RuleText,
} from "./rule-text.ts";

export interface RulePageParts {
  /** The rule's bad case as `diagnose` prints it. */
  readonly badCase?: string;
  /** Fixture the bad case comes from, relative to the repository. */
  readonly badCaseFile?: string;
  /** The whole catalogue. */
  readonly rules: readonly RuleText[];
}

const mostRelated = 40;

export function rulePage(rule: RuleText, parts: RulePageParts): string {
  const sections = [
    [`# ${escapeMarkdown(rule.title)}`, "", facts(rule)],
    ["## Why it happens", "", escapeMarkdown(rule.why)],
    looks(rule),
    ...(parts.badCase ? [finding(parts.badCase, parts.badCaseFile)] : []),
    ...optional("## What it brings about", broughtAbout(rule, parts.rules)),
    ...optional("## What accounts for it", accounts(rule, parts.rules)),
    ...optional("## What else looks like it", rivalTable(rule)),
    ["## Fix", "", fixText(rule)],
    ...(rule.decideWith ? [["## How to look", "", ...fenced(rule.decideWith, "sh")]] : []),
    ["## Facts", "", factText(rule)],
    ...optional(
      "## Read more",
      rule.references.map((reference) => `- ${link(reference)}`),
    ),
  ];
  return `${sections.map((section) => section.join("\n")).join("\n\n")}\n`;
}

function optional(heading: string, lines: readonly string[]): string[][] {
  return lines.length > 0 ? [[heading, "", ...lines]] : [];
}

function facts(rule: RuleText): string {
  const phase = rule.phase ? ` · strikes at start phase ${rule.phase}` : "";
  return `${inlineCode(rule.id)} · ${rule.severity} · ${rule.nature} · layer ${rule.layer}${phase}`;
}

function looks(rule: RuleText): string[] {
  const texts = faultTexts(rule);
  if (texts.length === 0) {
    return ["## What it looks like", "", "No log line shows it; it follows from comparing what was read."];
  }
  return [
    "## What it looks like",
    "",
    `A log line, event or message like ${texts.length > 1 ? "one of these" : "this"} (words in angle brackets vary):`,
    "",
    ...fenced(texts.map(readable).join("\n"), "text"),
  ];
}

function finding(text: string, file: string | undefined): string[] {
  const from = file ? ` of ${inlineCode(file)}` : "";
  return [
    "## What watchmend says",
    "",
    `The bad case${from}, as it is reported:`,
    "",
    ...fenced(text, "text"),
  ];
}

function broughtAbout(rule: RuleText, all: readonly RuleText[]): string[] {
  const named = (rule.explains ?? []).map(
    (entry) => `- ${page(entry.rule)}: ${escapeMarkdown(entry.mechanism)}`,
  );
  const explicit = new Set((rule.explains ?? []).map((entry) => entry.rule));
  const others = consequencesOf(rule, all).filter((other) => !explicit.has(other.id));
  const effect =
    rule.nature === "cause" && rule.effect !== "none"
      ? [`${rule.component} ${effectWords[rule.effect]}.`, ""]
      : [];
  return [...effect, ...named, ...list(others)];
}

function accounts(rule: RuleText, all: readonly RuleText[]): string[] {
  const declared = (rule.explainedBy ?? []).map(accountedBy);
  const lead =
    declared.length > 0 ? [`It is a symptom where ${declared.join("; or ")}. Rules that say so:`, ""] : [];
  const causes = list(causesOf(rule, all));
  return causes.length > 0
    ? [...lead, ...causes]
    : lead.map((line) => line.replace(" Rules that say so:", ""));
}

function list(rules: readonly RuleText[]): string[] {
  const shown = rules
    .slice(0, mostRelated)
    .map((rule) => `- ${page(rule.id)}: ${escapeMarkdown(rule.title)}`);
  return rules.length > mostRelated ? [...shown, `- and ${rules.length - mostRelated} more`] : shown;
}

function rivalTable(rule: RuleText): string[] {
  const rivals = rule.rivals ?? [];
  if (rivals.length === 0) return [];
  return [
    "| rival | what tells them apart | decide with |",
    "| --- | --- | --- |",
    ...rivals.map(
      (rival) =>
        `| ${inlineCode(rival.rule)} | ${escapeMarkdown(rival.tellApart)} | ${rival.decideWith ? inlineCode(rival.decideWith) : ""} |`,
    ),
  ];
}

function fixText(rule: RuleText): string {
  if (rule.fix)
    return "`watchmend remediate` plans it from the evidence, shows every change first and can undo it.";
  return "By hand; the finding names what to change and where.";
}

function factText(rule: RuleText): string {
  const needs = rule.needs.map(inlineCode).join(", ");
  const uses = (rule.uses ?? []).map(inlineCode).join(", ");
  return `Needs ${needs || "nothing"}${uses ? `; is sharper with ${uses}` : ""}. Without what it needs the rule says "could not tell", never "fine".`;
}

/** Pages lie in `docs/rules/<component>/<rule>.md`. */
function page(id: string): string {
  return /^[a-z0-9-]+\/[a-z0-9-]+$/.test(id) ? `[${inlineCode(id)}](../${id}.md)` : inlineCode(id);
}

function link(reference: string): string {
  return /^https?:\/\/[^\s<>]+$/.test(reference) ? `<${reference}>` : escapeMarkdown(reference);
}
