// An agent measures the host only from the host's network; in a network of its own it reports the container.
import { defineCheck, type VerdictDraft } from "../../../../model/check.ts";
import { inDocker } from "../../../subjects.ts";

export const check = defineCheck({
  id: "agents/network-mode",
  suite: "agents",
  proves:
    "node-exporter runs in the host's network, so that it reports the host's interfaces and is reachable on the host's address",
  needs: ["docker.containers"],
  hints: ["node-exporter/network-namespace-of-container", "docker/port-not-published"],
  decideWith: "docker inspect NODE_EXPORTER",
  absent: ({ stack }) =>
    inDocker(stack).some(({ kind }) => kind === "node-exporter")
      ? undefined
      : "no node-exporter runs in Docker",
  run: ({ stack }) =>
    inDocker(stack)
      .filter(({ kind }) => kind === "node-exporter")
      .map(({ docker, id }): VerdictDraft => {
        const base = {
          subject: { kind: "component", id } as const,
          proof: docker ? [docker.fieldsAt?.networkMode ?? docker.at] : [],
          component: id,
        };
        const mode = docker?.networkMode;
        if (mode === undefined)
          return { ...base, state: "unknown", says: `the network mode of ${id} is not shown` };
        if (mode === "host") return { ...base, state: "pass", says: `${id} runs in the host's network` };
        const reachable = (docker?.ports ?? []).some(
          ({ hostPort, hostIP }) => hostPort !== undefined && !/^(?:127\.|::1$)/.test(hostIP ?? ""),
        );
        if (reachable)
          return {
            ...base,
            state: "warn",
            says: `${id} runs in network ${mode}: its network metrics are the container's, not the host's`,
          };
        return {
          ...base,
          state: "fail",
          says: `${id} runs in network ${mode} and publishes no port that another host can reach`,
        };
      }),
});
