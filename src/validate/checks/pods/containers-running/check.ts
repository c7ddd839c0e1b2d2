// On a Docker host the container must run, stay up, and be healthy where it says how.
import { defineCheck, type VerdictDraft } from "../../../../model/check.ts";
import type { Component } from "../../../../model/stack.ts";
import { inDocker } from "../../../subjects.ts";

export const check = defineCheck({
  id: "pods/containers-running",
  suite: "pods",
  proves: "every container of the stack runs, and is healthy where it has a health check",
  needs: ["docker.containers"],
  hints: ["docker/container-restarting", "docker/published-port-taken"],
  decideWith: "docker inspect $(docker ps -aq)",
  absent: ({ stack }) => (inDocker(stack).length > 0 ? undefined : "no part of this stack runs in Docker"),
  run: ({ stack }) => inDocker(stack).map(judge),
});

function judge({ docker, id, host }: Component): VerdictDraft {
  const name = docker?.name ?? id;
  const where = host ? `${host}: ${name}` : name;
  const base = {
    subject: { kind: "component", id } as const,
    proof: docker ? [docker.at] : [],
    component: id,
  };
  if (docker?.origin !== "running")
    return {
      ...base,
      state: "unknown",
      says: `container ${where} is declared; whether it runs was not seen`,
    };
  const state = docker.state ?? docker.statusText?.match(/^(Up|Exited|Restarting|Created|Paused|Dead)/)?.[1];
  if (state === undefined)
    return { ...base, state: "unknown", says: `the state of container ${where} is not shown` };
  const text = docker.statusText ?? docker.state ?? "";
  if (!/^(?:up|running)$/i.test(state))
    return { ...base, state: "fail", says: `container ${where} does not run: ${text}` };
  const health = docker.health ?? text.match(/\((healthy|unhealthy|health: starting)\)/)?.[1];
  if (health && /unhealthy/.test(health))
    return { ...base, state: "fail", says: `container ${where} runs but is unhealthy` };
  if (health && /starting/.test(health))
    return {
      ...base,
      state: "unknown",
      says: `container ${where} runs; its health check has not answered yet`,
    };
  return {
    ...base,
    state: "pass",
    says: `container ${where} runs${health === "healthy" ? " and is healthy" : ""}`,
  };
}
