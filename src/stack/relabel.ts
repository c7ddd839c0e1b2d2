// Prometheus' relabelling, exactly (model/relabel/relabel.go): which labels a target ends up with, and which rule took one away.
import { hashMod } from "./md5.ts";
import { type CompiledRegex, compileAnchored } from "./regex-match.ts";

export type Labels = Readonly<Record<string, string>>;

export interface RelabelRule {
  readonly action?: string;
  readonly sourceLabels?: readonly string[];
  readonly separator?: string;
  readonly regex?: string;
  readonly modulus?: number;
  readonly targetLabel?: string;
  readonly replacement?: string;
}

export interface LostLabel {
  readonly name: string;
  readonly value: string;
  /** Index of the rule that removed it. */
  readonly rule: number;
}

export interface RelabelResult {
  /** False when a rule dropped the whole target. */
  readonly kept: boolean;
  readonly droppedBy?: number;
  readonly labels: Labels;
  /** Labels that were there and that a rule removed (not the ones Prometheus itself removes at the end). */
  readonly lost: readonly LostLabel[];
  /** Rules that cannot be simulated because their regular expression is invalid. */
  readonly invalid: readonly number[];
}

const defaultRegex = "(.*)";
const compiled = new Map<string, CompiledRegex | undefined>();

function regexOf(rule: RelabelRule): CompiledRegex | undefined {
  const pattern = rule.regex ?? defaultRegex;
  if (!compiled.has(pattern)) {
    if (compiled.size > 2_000) compiled.clear();
    compiled.set(pattern, tryCompile(pattern));
  }
  return compiled.get(pattern);
}

function tryCompile(pattern: string): CompiledRegex | undefined {
  try {
    return compileAnchored(pattern);
  } catch {
    return undefined;
  }
}

/** Applies the rules in order. */
export function relabel(labels: Labels, rules: readonly RelabelRule[]): RelabelResult {
  const current = new Map(Object.entries(labels).filter(([, value]) => value !== ""));
  const lost: LostLabel[] = [];
  const invalid: number[] = [];
  for (const [index, rule] of rules.entries()) {
    const regex = regexOf(rule);
    if (!regex) {
      invalid.push(index);
      continue;
    }
    const before = new Map(current);
    const kept = apply(rule, regex, current);
    for (const [name, value] of before) if (!current.has(name)) lost.push({ name, value, rule: index });
    if (!kept) return { kept, droppedBy: index, labels: Object.fromEntries(current), lost, invalid };
  }
  return { kept: true, labels: Object.fromEntries(current), lost: stillLost(lost, current), invalid };
}

/** A label that a later rule set again is not lost. */
function stillLost(lost: readonly LostLabel[], current: ReadonlyMap<string, string>): readonly LostLabel[] {
  return lost.filter((label) => !current.has(label.name));
}

function apply(rule: RelabelRule, regex: CompiledRegex, labels: Map<string, string>): boolean {
  const value = (rule.sourceLabels ?? []).map((name) => labels.get(name) ?? "").join(rule.separator ?? ";");
  const target = rule.targetLabel ?? "";
  switch ((rule.action ?? "replace").toLowerCase()) {
    case "keep":
      return regex.match(value) !== null;
    case "drop":
      return regex.match(value) === null;
    case "keepequal":
      return (labels.get(target) ?? "") === value;
    case "dropequal":
      return (labels.get(target) ?? "") !== value;
    case "replace":
      replace(rule, regex, labels, value);
      return true;
    case "lowercase":
      setLabel(labels, target, value.toLowerCase());
      return true;
    case "uppercase":
      setLabel(labels, target, value.toUpperCase());
      return true;
    case "hashmod":
      setLabel(labels, target, String(hashMod(value, BigInt(Math.max(1, Math.floor(rule.modulus ?? 1))))));
      return true;
    default:
      mapNames(rule, regex, labels);
      return true;
  }
}

function replace(rule: RelabelRule, regex: CompiledRegex, labels: Map<string, string>, value: string): void {
  const found = regex.match(value);
  if (found === null) return;
  const target = expand(rule.targetLabel ?? "", found, regex.names);
  // A target that is no label name (for example empty) leaves everything as it is.
  if (target === "") return;
  setLabel(labels, target, expand(rule.replacement ?? "$1", found, regex.names));
}

/** Setting an empty value removes the label. */
function setLabel(labels: Map<string, string>, name: string, value: string): void {
  if (value === "") labels.delete(name);
  else if (name !== "") labels.set(name, value);
}

function mapNames(rule: RelabelRule, regex: CompiledRegex, labels: Map<string, string>): void {
  const action = (rule.action ?? "").toLowerCase();
  for (const [name, value] of [...labels]) {
    const found = regex.match(name);
    if (action === "labeldrop" && found !== null) labels.delete(name);
    else if (action === "labelkeep" && found === null) labels.delete(name);
    else if (action === "labelmap" && found !== null)
      setLabel(labels, expand(rule.replacement ?? "$1", found, regex.names), value);
  }
}

const reference = /\$(?:(\$)|(\w+)|\{(\w+)\})/g;

/** Go's Regexp.Expand: `$1x` is the group named `1x`, that is: nothing. */
export function expand(
  template: string,
  groups: readonly (string | undefined)[],
  names: ReadonlyMap<string, number> = new Map(),
): string {
  return template.replace(reference, (_whole, dollar?: string, plain?: string, braced?: string) => {
    if (dollar !== undefined) return "$";
    const name = plain ?? braced ?? "";
    const index = /^\d{1,9}$/.test(name) ? Number(name) : names.get(name);
    return (index === undefined ? undefined : groups[index]) ?? "";
  });
}

export interface TargetSettings {
  readonly job: string;
  readonly scheme?: string;
  readonly metricsPath?: string;
  readonly scrapeInterval?: string;
  readonly scrapeTimeout?: string;
  readonly params?: Labels;
}

export interface FinalTarget extends RelabelResult {
  /** Labels the samples carry: without those that begin with two underscores, with `job` and `instance`. */
  readonly final: Labels;
  /** `__address__` after relabelling; undefined when the target is dropped. */
  readonly address?: string;
  readonly scrapeUrl?: string;
}

/** From discovered labels to the labels of the target (scrape.PopulateLabels). */
export function targetLabels(
  discovered: Labels,
  rules: readonly RelabelRule[],
  settings: TargetSettings,
): FinalTarget {
  const start: Record<string, string> = { ...discovered };
  const defaults: Record<string, string | undefined> = {
    job: settings.job,
    __scheme__: settings.scheme ?? "http",
    __metrics_path__: settings.metricsPath ?? "/metrics",
    __scrape_interval__: settings.scrapeInterval,
    __scrape_timeout__: settings.scrapeTimeout,
  };
  for (const [name, value] of Object.entries(settings.params ?? {})) defaults[`__param_${name}`] = value;
  for (const [name, value] of Object.entries(defaults))
    if (value !== undefined && !(name in start)) start[name] = value;
  const result = relabel(start, rules);
  const address = result.labels.__address__;
  if (!result.kept || address === undefined) return { ...result, kept: false, final: {} };
  const final: Record<string, string> = { instance: address };
  for (const [name, value] of Object.entries(result.labels)) if (!name.startsWith("__")) final[name] = value;
  const { __scheme__: scheme = "http", __metrics_path__: path = "/metrics" } = result.labels;
  return {
    ...result,
    final,
    address,
    scrapeUrl: `${scheme}://${address}${path.startsWith("/") ? "" : "/"}${path}`,
  };
}
