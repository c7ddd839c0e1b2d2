// A deployment's plan and what became of it, for people: per host what changes, what restarts and what that costs.
import { createTwoFilesPatch } from "diff";
import type {
  ContainerChange,
  DeploymentPlan,
  FileChange,
  GateVerdict,
  HostPlan,
  HostResult,
  Rollout,
} from "../model/deployment.ts";
import type { TextOptions } from "./options.ts";
import { createInk, type Ink } from "./text/ink.ts";
import { unreachedHost } from "./unreached-host.ts";

/** Lines of one file's difference that are shown; the rest is counted. */
const longestDiff = 60;

export function renderPlan(plan: DeploymentPlan, options: TextOptions = {}): string {
  const ink = createInk(options);
  const blocks = plan.hosts.map((host) => hostBlock(host, ink)).filter((block) => block.length > 0);
  return [
    `${ink.bold(`Stack ${plan.stack}`)}`,
    "",
    ...blocks.flatMap((block) => [...block, ""]),
    ...summary(plan, ink),
  ].join("\n");
}

function hostBlock(host: HostPlan, ink: Ink): string[] {
  const head = ink.bold(host.host);
  if (host.state === "unreachable" || host.state === "refused") {
    const word = host.state === "refused" ? "cannot be changed" : "cannot be reached";
    return [...unreachedHost(host, word, ink), ...changes(host, ink)];
  }
  if (host.state === "away") return [`${head}: ${ink.yellow("away")}: ${host.because ?? ""}`];
  if (host.state === "none" && host.notes.length === 0) return [];
  return [host.left ? `${head}: ${ink.yellow("has left the model")}` : head, ...changes(host, ink)];
}

function changes(host: HostPlan, ink: Ink): string[] {
  return [
    ...host.pulls.map((image) => `  ${ink.yellow("!")} image ${image} is not there yet and is pulled first`),
    ...host.directories.map((path) => `  ${ink.green("+")} ${path}/`),
    ...host.files.flatMap((file) => fileLines(file, ink)),
    ...host.containers.flatMap((one) => containerLines(one, ink)),
    ...(host.unknown ?? []).map((says) => `  ${ink.yellow("not known:")} ${says}`),
    ...host.notes.map((note) => `  ${ink.dim("note:")} ${note}`),
  ];
}

function fileLines({ path, change, before, after, secret, note }: FileChange, ink: Ink): string[] {
  const sign = change === "create" ? ink.green("+") : change === "remove" ? ink.red("-") : ink.yellow("~");
  const what = secret ? " (secret: its value is never shown)" : note === undefined ? "" : ` (${note})`;
  const head = `  ${sign} ${path}${what}`;
  if (change === "create" && after !== undefined)
    return [`${head}  ${ink.dim(`${after.split("\n").length - 1} lines`)}`];
  if (change !== "update" || secret) return [head];
  return [head, ...difference(before ?? "", after ?? "", ink)];
}

export function difference(before: string, after: string, ink: Ink): string[] {
  const patch = createTwoFilesPatch("a", "b", before, after, "", "", { context: 2, maxEditLength: 5000 });
  if (patch === undefined) return [`      ${ink.dim("too different to show line by line")}`];
  const lines = patch
    .split("\n")
    .slice(4)
    .filter((line) => line !== "" && !line.startsWith("\\"));
  const shown = lines.slice(0, longestDiff).map((line) => `      ${painted(line, ink)}`);
  return lines.length > shown.length
    ? [...shown, `      ${ink.dim(`… ${lines.length - shown.length} more lines`)}`]
    : shown;
}

function painted(line: string, ink: Ink): string {
  if (line.startsWith("+")) return ink.green(line);
  if (line.startsWith("-")) return ink.red(line);
  return line.startsWith("@@") ? ink.dim(line) : line;
}

const verbs: Readonly<Record<ContainerChange["change"], string>> = {
  create: "make",
  replace: "replace",
  adopt: "take over",
  start: "start",
  remove: "take away",
  restart: "restart",
  reload: "reload",
};

function containerLines(
  { name, change, fields, because, gap, dataAtRisk }: ContainerChange,
  ink: Ink,
): string[] {
  const sign = change === "create" ? ink.green("+") : change === "remove" ? ink.red("-") : ink.yellow("!");
  const list = change === "create" ? fields.filter(({ field }) => field === "image") : fields;
  return [
    `  ${sign} ${verbs[change]} container ${ink.bold(name)}: ${because}`,
    ...list.map(({ field, before, after }) => {
      if (before === undefined) return `      ${ink.green("+")} ${field}: ${shown(after)}`;
      if (after === undefined) return `      ${ink.red("-")} ${field}: ${shown(before)}`;
      return `      ${ink.yellow("~")} ${field}: ${shown(before)} → ${shown(after)}`;
    }),
    ...(gap === undefined ? [] : [`      gap: ${gap}`]),
    ...(dataAtRisk === undefined
      ? []
      : [`      ${change === "remove" ? "data" : ink.red("data at risk")}: ${dataAtRisk}`]),
  ];
}

function shown(text: string | undefined): string {
  return text === undefined || text === "" ? "nothing" : text;
}

function summary({ hosts, batches }: DeploymentPlan, ink: Ink): string[] {
  const pending = hosts.filter(({ state }) => state === "changes");
  const count = (state: HostPlan["state"]): number => hosts.filter((host) => host.state === state).length;
  const containers = pending.flatMap((host) => host.containers);
  const of = (...kinds: ContainerChange["change"][]): number =>
    containers.filter(({ change }) => kinds.includes(change)).length;
  const parts = [
    `${of("create")} to make`,
    `${of("replace", "adopt")} to replace`,
    `${of("restart")} to restart`,
    `${of("reload", "start")} to reload or start`,
    `${of("remove")} to take away`,
  ];
  const files = pending.reduce((sum, host) => sum + host.files.length, 0);
  const tail = [
    ...(count("unreachable") > 0
      ? [ink.red(`${count("unreachable")} of ${hosts.length} hosts could not be seen.`)]
      : []),
    ...(count("refused") > 0
      ? [ink.red(`${count("refused")} of ${hosts.length} hosts cannot be changed.`)]
      : []),
  ];
  if (pending.length === 0)
    return tail.length > 0
      ? tail
      : [
          `Nothing to do: ${hosts.length} host${hosts.length === 1 ? " is" : "s are"} as ${hosts.length === 1 ? "it" : "they"} should be.`,
        ];
  const order = batches.map(
    ({ phase, hosts: names, canary }) => `${phase} on ${names.join(", ")}${canary ? " (first, alone)" : ""}`,
  );
  return [
    `Containers: ${parts.filter((part) => !part.startsWith("0 ")).join(", ") || "none"}. Files: ${files}. Hosts: ${pending.length} of ${hosts.length}.`,
    `Order: ${order.join("; then ")}.`,
    ...tail,
  ];
}

const outcomes: Readonly<Record<HostResult["outcome"], string>> = {
  done: "done",
  unchanged: "as it should be",
  "rolled-back": "put back",
  "half-done": "NOT PUT BACK WHOLE",
  unreachable: "cannot be reached",
  refused: "cannot be changed",
  "not-reached": "not begun",
  away: "away",
};

export function renderRollout(rollout: Rollout, options: TextOptions = {}): string {
  const ink = createInk(options);
  const lines = rollout.hosts.flatMap(({ host, outcome, because, remedy, says }) => {
    const paint =
      outcome === "done" || outcome === "unchanged"
        ? ink.green
        : outcome === "away" || outcome === "not-reached"
          ? ink.yellow
          : ink.red;
    return [
      `${ink.bold(host)}: ${paint(outcomes[outcome])}${because === undefined ? "" : `: ${because}`}`,
      ...(remedy === undefined ? [] : [`    $ ${remedy}`]),
      ...(outcome === "half-done" || outcome === "rolled-back" ? says.map((line) => `    ${line}`) : []),
    ];
  });
  const gates = rollout.gates.flatMap((gate) => gateLines(gate, ink));
  const end = rollout.stopped === undefined ? [] : ["", ink.red(`The rollout stopped: ${rollout.stopped}.`)];
  return [
    `${ink.bold(`Stack ${rollout.stack}`)}`,
    "",
    ...lines,
    ...(gates.length > 0 ? ["", ...gates] : []),
    ...end,
  ].join("\n");
}

function gateLines({ ok, says, blamed, others, diagnosis }: GateVerdict, ink: Ink): string[] {
  return [
    ...says.map((line) => `${ok ? ink.green("✓") : ink.yellow("·")} ${line}`),
    ...Object.entries(blamed).flatMap(([host, list]) =>
      list.map((line) => `${ink.red("✗")} ${host}: ${line}`),
    ),
    ...others.map((line) => `${ink.yellow("!")} ${line}`),
    ...(diagnosis ?? []).map((line) => `  ${line}`),
  ];
}
