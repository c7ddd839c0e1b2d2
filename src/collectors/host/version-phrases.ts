// Versions that a line of free text states: `prometheus, version 2.1.0 (…)`, `chart x 13.1.0 -> 13.2.0`, `upgrading a from 1 to 2`.
import type { VersionStatement } from "../../model/host.ts";
import { canonicalName, knownCharts, versionNames } from "./version-names.ts";

export type Statement = Pick<VersionStatement, "of" | "version" | "before">;

/** Two to four groups of digits with a suffix; an IPv4 address or a number with a unit is none. */
const version = String.raw`v?(\d{1,4}(?:\.\d{1,5}){1,2}(?:[-+~.]?[A-Za-z][\w.+~-]{0,40}|[-+~][\w.+~-]{1,40})?)(?!\d|[\w.]*\d*(?:%|:\d)|\.\d|\s?(?:%|[GMK]i?B\b|ms\b|seconds?\b|hours?\b|minutes?\b))`;
const spellings = [...versionNames.keys()].flatMap((name) => [name, name.replace(/-/g, " ")]);
const names = [...new Set(spellings)]
  .sort((a, b) => b.length - a.length)
  .map((name) => name.replace(/[.*+?^${}()|[\]\\]/g, "\\$&"));
const name = `(?<![\\w/.-])(${names.join("|")})(?![\\w-])`;
const arrow = String.raw`\s*(?:->|→|=>|➜|to)\s*`;
const word = "([a-z0-9][a-z0-9-]{2,60})";

const patterns: readonly { readonly regex: RegExp; read(match: RegExpExecArray): Statement | undefined }[] = [
  {
    // chart prometheus 13.1.0 -> 13.2.0; helm chart loki-stack from 2.8 to 2.9
    regex: new RegExp(
      String.raw`\b(?:helm\s+)?chart:?\s+${word}(?:\s+from)?\s*[,:]?\s+${version}${arrow}${version}`,
      "gi",
    ),
    // "the loki chart from 6.40.0 to 6.46.0": the word after "chart" is no name.
    read: ([, chart = "", before, after]) =>
      /^(?:from|version|is|was)$/i.test(chart)
        ? undefined
        : change(`chart:${chart.toLowerCase()}`, before, after),
  },
  {
    // upgrading kube-prometheus-stack from 45.6.0 to 48.3.0; updated Grafana (helm) from v9 to v10 is too vague
    regex: new RegExp(
      String.raw`\b(?:upgrad|updat|downgrad|bump|mov|migrat)\w*\s+(?:the\s+)?(?:helm\s+)?(?:chart\s+)?([A-Za-z][\w-]{1,60})(?:\s+(?:helm\s+)?(?:chart|version))?\s+from\s+(?:version\s+)?${version}${arrow}(?:version\s+)?${version}`,
      "gi",
    ),
    // The version of a chart says nothing about the program in it.
    read: ([whole, subject = "", before, after]) =>
      change(
        /\bchart\b/i.test(whole) ? `chart:${subject.toLowerCase()}` : subjectName(subject),
        before,
        after,
      ),
  },
  {
    // Grafana upgraded 4.3.2 -> 4.4.0; loki: 2.9.1 -> 3.0.0
    regex: new RegExp(
      String.raw`${name}(?:\s*[,:]|\s+(?:was\s+)?(?:upgrad|updat|downgrad|bump)ed)?(?:\s+from)?\s+(?:version\s+)?${version}${arrow}(?:version\s+)?${version}`,
      "gi",
    ),
    read: ([, subject = "", before, after]) => change(canonicalName(subject), before, after),
  },
  {
    // kube-prometheus-stack helm chart 35.0.3; chart: kube-prometheus-stack 25.1.0; helm chart prometheus 19.3.0
    regex: new RegExp(
      String.raw`\b${word}\s+(?:helm[\s-]*)?chart(?:\s+version)?\s*[,:=]?\s*${version}`,
      "gi",
    ),
    read: ([, chart = "", found]) =>
      /^(?:helm|the|this|our|with)$/i.test(chart) ? undefined : plain(`chart:${chart.toLowerCase()}`, found),
  },
  {
    regex: new RegExp(
      String.raw`\b(?:helm[\s-]*)?chart(?:\s+version)?\s*[,:=]?\s+${word}\s*[,:=@-]?\s*${version}(?!${arrow}v?\d)`,
      "gi",
    ),
    read: ([, chart = "", found]) =>
      /^(?:version|is|was)$/i.test(chart) ? undefined : plain(`chart:${chart.toLowerCase()}`, found),
  },
  {
    regex: new RegExp(
      String.raw`(?<![\w-])(${[...knownCharts].join("|")})[\s:@,-]+${version}(?!${arrow}v?\d)`,
      "gi",
    ),
    read: ([, chart = "", found]) => plain(`chart:${chart.toLowerCase()}`, found),
  },
  {
    // prometheus, version 2.1.0 (branch: …); Docker version 18.06.1-ce; Docker Compose version v2.24.5; prometheus version: 2.15.2
    regex: new RegExp(String.raw`${name},?\s+version\s*(?:is\s+|=\s*|:\s*)?"?${version}`, "gi"),
    read: ([, subject = "", found]) => plain(canonicalName(subject), found),
  },
  {
    // k8s v1.21.8; helm v3.8.0; server kubernetes v1.24.9; Grafana v10.2.0; alloy:v1.3.0 in prose; Loki 2.9.1
    regex: new RegExp(
      String.raw`${name}(?:\s+(?:server|engine|cluster|is|at|on))?\s*[:=@]?\s*${version}(?!${arrow}v?\d)`,
      "gi",
    ),
    read: (match) => (isFullVersion(match) ? plain(canonicalName(match[1] ?? ""), match[2]) : undefined),
  },
  {
    // worked before the upgrade from 2.55.1 to 3.0.0
    regex: new RegExp(
      String.raw`\b(?:upgrad|updat|downgrad)(?:e|es|ed|ing)\s+from\s+${version}${arrow}${version}`,
      "gi",
    ),
    read: ([, before, after]) => change(unnamed, before, after),
  },
  {
    // kubectl version, helm version
    regex: /\bServer Version: (?:version\.Info\{.*?GitVersion:")?v(\d+\.\d+[\w.+-]*)/g,
    read: ([, found]) => plain("kubernetes", found),
  },
  {
    regex: /\bClient Version: (?:version\.Info\{.*?GitVersion:")?v(\d+\.\d+[\w.+-]*)/g,
    read: ([, found]) => plain("kubectl", found),
  },
  {
    regex: /\bversion\.BuildInfo\{Version:"v(\d+\.\d+[\w.+-]*)"/g,
    read: ([, found]) => plain("helm", found),
  },
];

function change(
  of: string | undefined,
  before: string | undefined,
  after: string | undefined,
): Statement | undefined {
  if (of === undefined || before === undefined || after === undefined || before === after) return undefined;
  return { of, version: after, before };
}

function plain(of: string | undefined, found: string | undefined): Statement | undefined {
  return of === undefined || found === undefined ? undefined : { of, version: found };
}

function subjectName(text: string): string {
  return canonicalName(text) ?? `chart:${text.toLowerCase()}`;
}

/** `Loki 2.9` may be anything; a `v`, a third group or a version-like suffix makes it one. */
function isFullVersion(match: RegExpExecArray): boolean {
  const found = match[2] ?? "";
  return (
    /\d+\.\d+\.\d+/.test(found) ||
    new RegExp(`v${found.slice(0, 4).replace(/\./g, "\\.")}`, "i").test(match[0])
  );
}

/** Name of a statement that speaks of "the upgrade" only; the caller knows what the text is about, or drops it. */
export const unnamed = "";

/** All statements of a line, each subject once, changes before plain versions. A piece of text makes one statement only. */
export function versionsIn(line: string): Statement[] {
  let text = line.slice(0, 1_000);
  if (!/\d\.\d/.test(text)) return [];
  const found = new Map<string, Statement>();
  for (const { regex, read } of patterns) {
    for (const match of text.matchAll(regex)) {
      const statement = read(match as RegExpExecArray);
      if (!statement) continue;
      if (!found.has(statement.of)) found.set(statement.of, statement);
      text =
        text.slice(0, match.index) + " ".repeat(match[0].length) + text.slice(match.index + match[0].length);
    }
  }
  return [...found.values()];
}

/** `msg="Starting Prometheus Server" … version="(version=2.48.0, branch=HEAD, …)"` and the like at the start of a component's log. */
const starting =
  /\bstarting\s+(prometheus|alertmanager|loki|promtail|grafana|node_exporter|blackbox_exporter|pushgateway|prometheus operator|prometheus-operator|cadvisor|thanos|mimir|alloy)\b.{0,400}?\bversion[=:]?\s?\\?"?(?:\(version=|mimir-)?v?(\d+\.\d+\.\d+[\w.+-]{0,30})/i;

export function startedVersion(line: string): Statement | undefined {
  const match = starting.exec(line.slice(0, 2_000));
  return match ? plain(canonicalName((match[1] ?? "").toLowerCase()), match[2]) : undefined;
}
