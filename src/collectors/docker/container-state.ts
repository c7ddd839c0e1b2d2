// What a STATUS or State cell says: `Up 3 minutes (healthy)`, `Restarting (1) 12 seconds ago`, `Exit 137`, `running(1)`.
import { given } from "../../model/given.ts";

export interface ContainerState {
  readonly state?: string;
  readonly exitCode?: number;
  readonly health?: string;
}

const words: readonly (readonly [RegExp, string])[] = [
  [/^up\b.*\(paused\)/i, "paused"],
  [/^(?:up|running)\b/i, "running"],
  [/^exit(?:ed)?\b/i, "exited"],
  [/^restarting\b/i, "restarting"],
  [/^created\b/i, "created"],
  [/^initialized\b/i, "created"],
  [/^paused\b/i, "paused"],
  [/^(?:dead|removing|removal in progress)\b/i, "dead"],
  [/^stopped\b/i, "exited"],
];

export function isStateText(text: string): boolean {
  return words.some(([pattern]) => pattern.test(text));
}

export function readState(text: string): ContainerState {
  const state = words.find(([pattern]) => pattern.test(text))?.[1];
  const code = /^(?:exited|exit|restarting)\s*\(?(-?\d{1,3})\)?/i.exec(text)?.[1];
  const health = /\((?:health: )?(healthy|unhealthy|starting)\)/i.exec(text)?.[1]?.toLowerCase();
  return given({ state, exitCode: code === undefined ? undefined : Number(code), health });
}
