// The operators' documents, from the same metadata as the tool itself: guide, emergency page, change checklist, troubleshooting.
import { errorCodes } from "../src/model/errors.ts";
import type { AnyRule } from "../src/model/rule.ts";
import { causesOf, faultTexts } from "../src/report/rule-text.ts";
import { rules } from "../src/rules/registry.ts";
import { checks } from "../src/validate/checks/registry.ts";
import { type FixCoverage, fixCoverage } from "./fix-coverage.ts";

const note = "Generated from the rules' metadata by `npm run docs`; a test fails when it is stale.";

/** File below docs/ to its text. */
export function operatorPages(): ReadonlyMap<string, string> {
  const fixes = new Map(fixCoverage().map((one) => [one.rule, one]));
  return new Map([
    ["operators/guide.md", guide(fixes)],
    ["operators/emergency.md", emergency(fixes)],
    ["operators/change-checklist.md", checklist()],
    ["operators/troubleshooting.md", troubleshooting(fixes)],
  ]);
}

type Fixes = ReadonlyMap<string, FixCoverage>;

const worst = (rule: AnyRule): number => ["critical", "warning", "notice"].indexOf(rule.severity);
const symptoms = (): AnyRule[] =>
  rules
    .filter(({ nature }) => nature === "symptom")
    .sort((a, b) => worst(a) - worst(b) || (a.id < b.id ? -1 : 1));

function code(text: string): string {
  const ticks = text.includes("`") ? "``" : "`";
  return `${ticks}${ticks === "``" ? ` ${text} ` : text}${ticks}`;
}

function cell(text: string): string {
  return text.replaceAll("|", "\\|").replaceAll("\n", " ");
}

function guide(fixes: Fixes): string {
  const carried = [...fixes.values()].filter(({ kinds }) => kinds.length > 0);
  const kinds = [...new Set(carried.flatMap((one) => one.kinds))].sort();
  const suites = [...new Set(checks.map(({ suite }) => suite))];
  return [
    "# Operator's guide",
    "",
    note,
    "",
    "| when | command | then |",
    "| --- | --- | --- |",
    "| something is wrong | `watchmend diagnose --context CLUSTER --host HOST…` | read the roots; symptoms go with them |",
    "| it shall be repaired | `watchmend remediate --context CLUSTER --host HOST… --dry-run`, then without `--dry-run` | each step asks; what does not help is put back |",
    "| it comes back with the next deployment | `watchmend remediate --host HOST --files ./deploy` | the same cause in the files it is deployed from |",
    "| a repair shall be taken back | `watchmend history`, `watchmend rollback ID` | refused where somebody has changed the thing since |",
    "| before and after a change | `watchmend validate --context CLUSTER --host HOST…` | 0 only when everything was looked at and passes |",
    "| files are to be changed | `watchmend lint ./deploy` | the same rules, without a system |",
    "| somebody else shall look | `watchmend collect -o bundle.tar.gz`, `watchmend diagnose --from bundle.tar.gz` | secrets are taken out before it is written |",
    "",
    "Exit codes of every verb: 0 clean, 1 problems or pending changes, 2 could not tell, 3 the command itself failed, 130 interrupted.",
    `The errors with a code (${Object.keys(errorCodes).length}) are explained in [errors.md](../errors.md).`,
    "",
    "## What it knows",
    "",
    `${rules.length} rules, ${rules.filter(({ nature }) => nature === "cause").length} of them causes and ${symptoms().length} symptoms; ${checks.length} checks in the suites ${suites.join(", ")}.`,
    `${carried.length} rules have a fix that is carried out; the rest name the command for a person. By kind of step:`,
    "",
    "| step | rules |",
    "| --- | --- |",
    ...kinds.map((kind) => `| ${kind} | ${carried.filter((one) => one.kinds.includes(kind)).length} |`),
    "",
    "How a step is done and taken back: [remediate.md](../remediate.md). What is never done stands there as well.",
    "",
    "## By component",
    "",
    "| component | causes | critical | repaired by watchmend |",
    "| --- | --- | --- | --- |",
    ...[...new Set(rules.map(({ component }) => component))].sort().map((component) => {
      const own = rules.filter((rule) => rule.component === component && rule.nature === "cause");
      const critical = own.filter(({ severity }) => severity === "critical").length;
      const done = own.filter(({ id }) => (fixes.get(id)?.kinds.length ?? 0) > 0).length;
      return `| ${component} | ${own.length} | ${critical} | ${done} |`;
    }),
    "",
  ].join("\n");
}

function emergency(fixes: Fixes): string {
  const urgent = symptoms().filter(({ severity }) => severity === "critical");
  return [
    "# Emergency: one page",
    "",
    note,
    "",
    "1. **Look, change nothing.** `watchmend diagnose --context CLUSTER --host HOST…`. No access: paste what you have into a file, `watchmend diagnose --from FILE`.",
    "2. **Save what is there** before anybody restarts anything: `watchmend collect --context CLUSTER --host HOST… -o before.tar.gz`.",
    "3. **Repair the root, not the symptom:** `watchmend remediate --context CLUSTER --host HOST… --dry-run`, read the difference of each step, then the same without `--dry-run`.",
    "4. **A masked fault may come next.** It is offered as the next round; go on until the diagnosis is clean.",
    "5. **Prove it:** `watchmend validate --context CLUSTER --host HOST… --deadline 5m` must end with 0.",
    "6. **It got worse?** `watchmend rollback`. No watchmend at hand: `watchmend rollback --export FOLDER` was made for kubectl, docker and a shell.",
    "7. **Mend the source too:** `watchmend remediate --host HOST --files ./deploy`, or the next deployment brings it back.",
    "",
    'Never: `chmod -R`, mode 777, deleting WAL or blocks "to make it start", `--force` on pods with data, replacing a whole object to change one field.',
    "",
    "## What you see, and the first question",
    "",
    "| you see | ask |",
    "| --- | --- |",
    ...urgent.map(
      (rule) =>
        `| ${cell(rule.title)} | ${rule.decideWith ? cell(code(rule.decideWith)) : `\`watchmend explain ${rule.id}\``} |`,
    ),
    "",
    `Details by symptom: [troubleshooting.md](troubleshooting.md); ${[...fixes.values()].filter(({ kinds }) => kinds.length > 0).length} causes are repaired by \`remediate\` itself.`,
    "",
  ].join("\n");
}

function checklist(): string {
  const suites = [...new Set(checks.map(({ suite }) => suite))];
  const box = (text: string): string => `- [ ] ${text}`;
  return [
    "# Change checklist",
    "",
    note,
    "",
    "Change: ______________________  Reason (finding or ticket): ______________________  Date: __________",
    "",
    "## Before",
    "",
    box("`watchmend diagnose` is clean, or lists only what this change repairs; saved: ______"),
    box("`watchmend validate` run and saved, so that the difference can be seen; exit code: ____"),
    box("`watchmend lint ./deploy` ends with 0 on the changed files"),
    box(
      "`watchmend remediate --dry-run -o plan.json` (or `watchmend plan`) read line by line: no difference that is not wanted",
    ),
    box("what restarts, the expected gap of scrapes and logs, and data at risk are known to: ______"),
    box("the way back is known: transaction (`watchmend rollback`), or the commit to go back to: ______"),
    box("nobody else is at it: no lock is held (`watchmend history`)"),
    "",
    "## During",
    "",
    box("first host or first workload alone; the next only after its gate said ready"),
    box("steps carried out by a person are written down with time and output"),
    box("transaction id: ______"),
    "",
    "## After: every suite, one verdict",
    "",
    ...suites.map((suite) =>
      box(
        `${suite}: ${checks
          .filter((check) => check.suite === suite)
          .map(({ id }) => id.split("/").at(-1))
          .join(", ")}`,
      ),
    ),
    box("`watchmend validate` ends with 0; what is unknown (????) was looked at by hand: ______"),
    box("`watchmend diagnose` shows no new root"),
    box("the same change stands in the files the stack is deployed from"),
    box("the incident record (`watchmend history ID`) is attached to the ticket"),
    "",
    "## Sign-off",
    "",
    "| role | name | date | signature |",
    "| --- | --- | --- | --- |",
    "| made by | | | |",
    "| seen by a second pair of eyes | | | |",
    "| accepted by the owner of the stack | | | |",
    "",
  ].join("\n");
}

const mostCauses = 40;

function troubleshooting(fixes: Fixes): string {
  const all = symptoms();
  return [
    "# Troubleshooting by symptom",
    "",
    note,
    "",
    `${all.length} symptoms. Each lists what may be behind it, the command that decides, and what repairs it. \`watchmend diagnose\` goes through all of it by itself;`,
    "this page is for a pair of eyes without it, and for the question why. **auto**: `remediate` carries it out; else it names the step.",
    "",
    ...all.map((rule) => `- [${rule.title}](#${anchorOf(rule)})`),
    "",
    ...all.flatMap((rule) => section(rule, fixes)),
  ].join("\n");
}

/** As GitHub makes it from the heading. */
function anchorOf({ id }: AnyRule): string {
  return id.replaceAll("/", "");
}

function section(rule: AnyRule, fixes: Fixes): string[] {
  const causes = causesOf(rule, rules)
    .filter((one): one is AnyRule => one.nature === "cause")
    .sort((a, b) => worst(a) - worst(b) || near(b, rule) - near(a, rule) || (a.id < b.id ? -1 : 1));
  const texts = faultTexts(rule).slice(0, 3);
  return [
    `## ${rule.id}`,
    "",
    `**${rule.title}.** ${rule.why}`,
    "",
    ...(texts.length > 0 ? [`Seen as: ${texts.map(code).join(", ")}`, ""] : []),
    ...(rule.decideWith ? [`First: ${code(rule.decideWith)}`, ""] : []),
    ...(causes.length === 0
      ? ["No rule accounts for it: it stands for itself until somebody finds its cause.", ""]
      : ["| may be | decide with | repair |", "| --- | --- | --- |"]),
    ...causes.slice(0, mostCauses).map((cause) => {
      const fix = fixes.get(cause.id);
      const mark = (fix?.kinds.length ?? 0) > 0 ? "**auto** " : "";
      const decide = cause.decideWith ? code(cause.decideWith) : `\`watchmend explain ${cause.id}\``;
      return `| [${cell(cause.title)}](../rules/${cause.id}.md) | ${cell(decide)} | ${mark}${cell(fix?.summary ?? "see its page")} |`;
    }),
    ...(causes.length > mostCauses
      ? ["", `And ${causes.length - mostCauses} more: \`watchmend explain ${rule.id}\`.`]
      : []),
    ...(causes.length > 0 ? [""] : []),
  ];
}

/** Causes in the same component come first among equals. */
function near(cause: { readonly component: string }, symptom: AnyRule): number {
  return cause.component === symptom.component ? 1 : 0;
}
