// Health checks whose verdict does not depend on what they check: they pass while nothing works.
import type { ConfigDocument } from "../../../model/config.ts";
import type { DockerContainer } from "../../../model/docker.ts";
import type { FindingDraft } from "../../../model/finding.ts";
import { isRecord } from "../../../model/json-value.ts";
import type { Place } from "../../../model/place.ts";
import { defineRule } from "../../../model/rule.ts";
import { byHand } from "../../by-hand.ts";

interface Flaw {
  readonly at: Place;
  readonly what: string;
}

export const rule = defineRule({
  id: "host/check-cannot-fail",
  title: "A health check cannot fail: it passes (or ends early) whether or not what it checks works",
  why: "`|| true`, `exit 0` at the end, `ignore_errors`, `failed_when: false`, curl without -f (a 503 is success for it), nslookup searched for `Address` (the resolver's own address is always printed), `Running` counted as ready: such a check is green while nothing works. A counter such as ((n++)) under set -e ends the script at its first verdict.",
  severity: "notice",
  component: "host",
  layer: "probe",
  nature: "habit",
  effect: "none",
  needs: [],
  needsAny: ["config.documents", "docker.containers"],
  decideWith: "stop one of the checked services, run the check, and look at its exit code (echo $?)",
  references: [
    "https://curl.se/docs/manpage.html#-f",
    "https://docs.ansible.com/ansible/latest/playbook_guide/playbooks_error_handling.html",
  ],
  check({ "config.documents": documents, "docker.containers": containers }) {
    const inFiles = documents.flatMap((document) => {
      const flaws =
        document.kind === "shell-script"
          ? scriptFlaws(document)
          : document.kind === "ansible-playbook"
            ? taskFlaws(document)
            : [];
      return finding(document.path ?? document.at.source, flaws);
    });
    const inContainers = containers.flatMap((container) =>
      finding(`the health check of ${container.name}`, containerFlaws(container)),
    );
    return [...inFiles, ...inContainers];
  },
  fix: () =>
    byHand(
      "Let the check end with the verdict: curl -fsS --max-time 5, getent hosts instead of nslookup | grep, the Ready condition instead of Running, fail=1 and exit $fail, n=$((n+1)); in Ansible `until:` with retries and a failed_when that can be true. Give every check a test in which it fails",
      "In the check",
      undefined,
      "safe",
    ),
});

function finding(name: string, flaws: readonly Flaw[]): FindingDraft[] {
  const [first] = flaws;
  if (!first) return [];
  const words = [...new Set(flaws.map(({ what }) => what))].slice(0, 4).join("; ");
  return [
    {
      subject: { kind: "file", id: name },
      says: `${name}: ${words}`,
      proof: flaws.slice(0, 4).map(({ at }) => at),
      certainty: "proven",
    },
  ];
}

const aboutHealth = /health|check|verify|validat|smoke|probe|ready|alive/i;
const endpoint =
  /\/-\/(?:healthy|ready)|\/ready\b|\/api\/health|\/healthz|\/metrics\b|\bis-active\b|nslookup/i;
const probing =
  /^[^|]*\b(?:curl|wget|nc|nslookup|dig|getent|systemctl is-active|kubectl (?:wait|rollout|get)|promtool|amtool)\b[^|]*\|\|/;

function scriptFlaws({ text, at, path, startLine }: ConfigDocument): readonly Flaw[] {
  const rows = text.split("\n").slice(0, 5_000);
  const name = (path ?? at.source).split("/").at(-1) ?? "";
  if (!aboutHealth.test(name) || !endpoint.test(text)) return [];
  const code = rows.map((row) => (row.length > 1_000 || /^\s*#/.test(row) ? "" : row));
  const whole = code.join("\n");
  const flaws = code.flatMap((row, index): Flaw[] => {
    const what = flawOf(row, whole);
    return what ? [{ at: { source: at.source, line: (startLine ?? at.line ?? 1) + index }, what }] : [];
  });
  const last = code.findLastIndex((row) => row.trim() !== "");
  if (
    /^\s*exit 0\b/.test(code[last] ?? "") &&
    !/\bexit\s+(?:[1-9]|"?\$)|\breturn\s+(?:[1-9]|"?\$)|^\s*set\s+-\w*e|-o\s+errexit|\bexec\b/m.test(whole)
  ) {
    const line = (startLine ?? at.line ?? 1) + last;
    return [
      ...flaws,
      { at: { source: at.source, line }, what: "it ends with exit 0 and has no other exit code" },
    ];
  }
  return flaws;
}

function flawOf(row: string, whole: string): string | undefined {
  if (probing.test(row) && /\|\|\s*(?:true|:|exit 0)\s*(?:[;)#]|$)/.test(row) && !/\$\(|`/.test(row))
    return "`|| true` (or exit 0) swallows the verdict of the probe";
  if (
    /nslookup\b.*\|\s*grep\b.*\bAddress/i.test(row) ||
    (/\bnslookup\b/.test(whole) && /grep\s+-\w*q\w*\s+["']?Address/.test(row))
  )
    return "it looks for the word Address in nslookup's output, which the resolver's own address always gives, NXDOMAIN or not";
  if (/\bif\s+(?:!\s*)?curl\b/.test(row) && !failsOnStatus(row) && !/\|/.test(row))
    return "curl without -f (--fail) succeeds on a 404 or 503 answer";
  if (/connection refused/i.test(row) && /grep/.test(row) && /grep[^|]*-\w*v|\|\|\s*(?:pass|ok)/i.test(row))
    return "it leaves out `connection refused`, so a dead service counts as fine";
  if (/(?:grep\s+-\w*q\w*\s.*|==?\s*)["']?Running["']?/.test(row) && !/\bReady\b|condition/.test(whole))
    return "it counts a pod that is Running as ready (0/1 Running is not)";
  if (/^\s*\(\(\s*\w+\+\+\s*\)\)\s*$/.test(row) && /^\s*set\s+-\w*e/m.test(whole))
    return "((n++)) from zero is a failing command: under set -e the script ends at its first verdict";
  return undefined;
}

function failsOnStatus(row: string): boolean {
  return /\s--fail\b|\s-[a-zA-Z]*f[a-zA-Z]*\b|http_code|--fail-with-body/.test(row);
}

function containerFlaws({ healthcheck, fieldsAt, at }: DockerContainer): readonly Flaw[] {
  const text = healthcheck?.join(" ") ?? "";
  const place = fieldsAt?.healthcheck ?? at;
  if (/\|\|\s*(?:true|:|exit 0)\s*$/.test(text) || /;\s*exit 0\s*$/.test(text))
    return [{ at: place, what: "its test always ends with exit 0" }];
  if (/\bcurl\b/.test(text) && /https?:\/\//.test(text) && !failsOnStatus(text) && !/\|(?!\|)/.test(text))
    return [{ at: place, what: "curl without -f (--fail) succeeds on a 404 or 503 answer" }];
  return [];
}

const probeModules = /(?:^|\.)(?:uri|shell|command|wait_for|docker_container_info|service_facts|get_url)$/;

/** Tasks that probe and whose failure nothing notices. */
function taskFlaws(document: ConfigDocument): readonly Flaw[] {
  const { value, text, lines, at } = document;
  return tasksOf(value, "", 0).flatMap(({ task, pointer }): Flaw[] => {
    const module = Object.keys(task).find((key) => probeModules.test(key));
    const told = `${typeof task.name === "string" ? task.name : ""} ${module ? JSON.stringify(task[module]) : ""}`;
    if (
      !module ||
      !(
        aboutHealth.test(told.split("\n", 1)[0] ?? "") &&
        (endpoint.test(told) || /localhost|127\.0\.0\.1|https?:/.test(told))
      )
    )
      return [];
    const ignored =
      task.ignore_errors === true
        ? "ignore_errors"
        : task.failed_when === false
          ? "failed_when: false"
          : undefined;
    if (!ignored) return [];
    const register = typeof task.register === "string" ? task.register : undefined;
    if (register && isUsed(register, ignored, text)) return [];
    const key = ignored === "ignore_errors" ? "ignore_errors" : "failed_when";
    const line = lines[`${pointer}/${key}`] ?? lines[pointer] ?? at.line;
    const name = typeof task.name === "string" ? `task "${task.name.slice(0, 60)}"` : "a task";
    return [
      {
        at: { source: at.source, ...(line === undefined ? {} : { line }) },
        what: `${name} probes with ${ignored}, and nothing looks at its result`,
      },
    ];
  });
}

/** Is the registered result judged later? `is failed` says nothing after failed_when: false. */
function isUsed(register: string, ignored: string, text: string): boolean {
  const uses = text
    .split("\n")
    .filter(
      (row) => row.includes(`${register}.`) || new RegExp(`\\b${escaped(register)}\\b\\s+is\\b`).test(row),
    );
  return uses.some(
    (row) =>
      ignored !== "failed_when: false" ||
      !/\bis (?:not )?(?:failed|succeeded|success)\b|\.failed\b/.test(row),
  );
}

function escaped(text: string): string {
  return text.replace(/[^\w]/g, "\\$&");
}

interface Task {
  readonly task: Readonly<Record<string, unknown>>;
  readonly pointer: string;
}

function tasksOf(value: unknown, pointer: string, depth: number): readonly Task[] {
  if (depth > 8) return [];
  if (Array.isArray(value))
    return value.flatMap((item, index) => tasksOf(item, `${pointer}/${index}`, depth + 1));
  if (!isRecord(value)) return [];
  const inner = ["tasks", "pre_tasks", "post_tasks", "handlers", "block", "rescue", "always"].flatMap((key) =>
    tasksOf(value[key], `${pointer}/${key}`, depth + 1),
  );
  return [{ task: value, pointer }, ...inner];
}
