// The command that would turn a guess into proof: the rule's own, else the one that gets a fact it would use, with the names of this stack in it.
import type { FactId, FactSet } from "../model/facts.ts";
import type { Component, Stack } from "../model/stack.ts";
import type { Candidate } from "./candidate.ts";
import { question } from "./decide-with.ts";
import { isAvailable } from "./evaluate.ts";

export interface Surroundings {
  readonly factSet: FactSet;
  readonly stack: Stack;
}

/** Undefined for what is proven already, and where nothing would settle it. */
export function settlingCommand(candidate: Candidate, around: Surroundings): string | undefined {
  if (candidate.draft.certainty === "proven") return undefined;
  return commandFor(candidate, around);
}

/** The next thing to look at, for guesses and for symptoms that nothing explains. */
export function commandFor(
  { draft, rule, component }: Candidate,
  { factSet, stack }: Surroundings,
): string | undefined {
  const platform = platformOf(component, factSet);
  const own = draft.decideWith ?? rule.decideWith;
  const fitting = own && forPlatform(own, platform);
  const asked = [...(rule.uses ?? []), ...(rule.needsAny ?? [])].find(
    (id) => !isAvailable(id, factSet) && !isOfOtherPlatform(id, platform),
  );
  const found =
    fitting ||
    (asked && question(asked, rule.component, platform === "kubernetes").decideWith) ||
    rule.rivals?.find((rival) => rival.decideWith)?.decideWith ||
    own;
  return found ? withNames(found, component, stack) : undefined;
}

type Platform = "kubernetes" | "docker" | undefined;

/** Where the component runs, else what the evidence as a whole is about, when it is about one of the two. */
function platformOf(component: Component | undefined, { facts }: FactSet): Platform {
  if (component?.docker) return "docker";
  if (component && (component.pods.length > 0 || component.workload)) return "kubernetes";
  const inCluster = facts["kubernetes.pods"].length + facts["kubernetes.workloads"].length > 0;
  const onDocker = facts["docker.containers"].length > 0;
  return inCluster === onDocker ? undefined : inCluster ? "kubernetes" : "docker";
}

/** Of several commands those that can be typed there; empty when none can. */
function forPlatform(commands: string, platform: Platform): string {
  if (platform === undefined) return commands;
  const foreign = platform === "docker" ? /^\s*kubectl\b/ : /^\s*docker\b/;
  return splitCommands(commands)
    .filter((command) => !foreign.test(command))
    .join("; ");
}

/** At `;` outside of quotes; a quote that is never closed is an apostrophe. */
function splitCommands(commands: string): string[] {
  const parts: string[] = [];
  let start = 0;
  for (let i = 0; i < commands.length; i++) {
    const char = commands[i];
    if (char === "'" || char === '"') {
      const end = commands.indexOf(char, i + 1);
      if (end > 0) i = end;
    } else if (char === ";") {
      parts.push(commands.slice(start, i).trim());
      start = i + 1;
    }
  }
  return [...parts, commands.slice(start).trim()].filter(Boolean);
}

function isOfOtherPlatform(id: FactId, platform: Platform): boolean {
  if (platform === undefined) return false;
  return id.startsWith(platform === "docker" ? "kubernetes." : "docker.");
}

/** Words in capitals stand for names; those the evidence tells are put in. */
function withNames(command: string, own: Component | undefined, stack: Stack): string {
  return splitCommands(command)
    .map((part) => part.replace(/\b[A-Z][A-Z_]{2,20}\b/g, (word) => nameFor(word, part, own, stack) ?? word))
    .join("; ");
}

function nameFor(
  word: string,
  command: string,
  own: Component | undefined,
  stack: Stack,
): string | undefined {
  if (word === "NAMESPACE") return own?.namespace;
  if (word === "POD") return own?.pods[0]?.name;
  if (word === "CONTAINER") return own?.docker?.name;
  const kind = word.toLowerCase().replaceAll("_", "-");
  const meant =
    word === "AGENT" && (own?.kind === "promtail" || own?.kind === "alloy")
      ? own
      : (ownOfKind(kind, own) ?? onlyOfKind(kind, stack));
  if (!meant) return undefined;
  // an address inside a URL is another matter: the name need not resolve where the command is typed
  if (/^docker\b/.test(command)) return meant.docker?.name;
  if (/^kubectl\b/.test(command)) return meant.pods[0]?.name ?? meant.workload?.name;
  return undefined;
}

function ownOfKind(kind: string, own: Component | undefined): Component | undefined {
  return own?.kind === kind ? own : undefined;
}

function onlyOfKind(kind: string, stack: Stack): Component | undefined {
  const ofKind = stack.components.filter((component) => component.kind === kind);
  return ofKind.length === 1 ? ofKind[0] : undefined;
}
