// Each part is asked whether it is ready, from outside: current images hold no shell to ask from inside.
import type { HealthAnswer } from "../../../../model/api.ts";
import { defineCheck, type VerdictDraft } from "../../../../model/check.ts";
import type { Component } from "../../../../model/stack.ts";
import { parseAddress, resolveAddress } from "../../../../stack/resolve.ts";
import { noneOf, ofKind } from "../../../subjects.ts";

/** Parts that have a readiness endpoint. */
const kinds = ["prometheus", "alertmanager", "loki", "grafana", "alloy", "promtail"] as const;

export const check = defineCheck({
  id: "health/answers",
  suite: "health",
  proves: "every part answers its own readiness endpoint with success",
  needs: ["component.health"],
  after: ["pods/ready", "pods/containers-running"],
  hints: ["loki/frontend-worker-port-mismatch", "loki/not-ready"],
  decideWith:
    "curl -si http://HOST:PORT/ready   # Prometheus and Alertmanager: /-/ready, Grafana: /api/health",
  absent: ({ stack }) => noneOf(kinds, stack),
  run: ({ facts, stack }) =>
    ofKind(stack, ...kinds).map((component) =>
      judge(component, answersOf(component, facts["component.health"], stack)),
    ),
});

function answersOf(
  component: Component,
  answers: readonly HealthAnswer[],
  stack: Parameters<typeof ofKind>[0],
): HealthAnswer[] {
  const own = answers.filter((answer) => {
    // whether a data source answers is asked elsewhere
    if (answer.url?.includes("/datasources/")) return false;
    const address = answer.url === undefined ? undefined : parseAddress(answer.url);
    const peers = address ? resolveAddress(stack, address) : [];
    if (peers.length > 0) return peers.some((peer) => peer.id === component.id);
    if (answer.component !== component.kind) return false;
    // a host that asks itself gets the answer of its own part, whoever else has one of that kind
    const all = ofKind(stack, component.kind);
    const near = all.filter(({ host }) => host !== undefined && host === answer.host);
    const possible = near.length > 0 ? near : all.filter(({ host }) => !host || !answer.host);
    return possible.length === 1 && possible[0]?.id === component.id;
  });
  return own;
}

function judge(component: Component, answers: readonly HealthAnswer[]): VerdictDraft {
  const base = { subject: { kind: "component", id: component.id } as const, component: component.id };
  const newest = answers.at(-1);
  if (!newest)
    return { ...base, state: "unknown", says: `nobody asked ${component.id} whether it is ready`, proof: [] };
  const status = newest.httpStatus === undefined ? "" : `HTTP ${newest.httpStatus}, `;
  const body = newest.body.trim().split("\n")[0]?.slice(0, 120) ?? "";
  if (newest.healthy)
    return {
      ...base,
      state: "pass",
      says: `${component.id} is ready (${status}${body || "empty answer"})`,
      proof: [newest.at],
    };
  return {
    ...base,
    state: "fail",
    says: `${component.id} is not ready: ${status}${body || "empty answer"}`,
    proof: [newest.at],
  };
}
