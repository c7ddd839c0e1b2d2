// Agent and engine have no API version in common.
import type { FindingDraft } from "../../../model/finding.ts";
import { defineRule } from "../../../model/rule.ts";
import { textRule } from "../../text-rule.ts";

const perAgent = textRule({
  id: "docker/api-version-mismatch",
  title:
    "An agent speaks a Docker API version that this engine does not accept (client version too old or too new)",
  why: "Docker 29 raised the minimum API to 1.44. Older agents (cAdvisor before 0.53, Alloy before 1.16, old Promtail) ask for less and are refused: containers have no names and no logs. The reverse, a new agent on an old engine, exists too.",
  severity: "critical",
  component: "docker",
  layer: "version",
  nature: "cause",
  effect: "no-data-in",
  from: "any",
  texts: [
    "client version {client} is too old. Minimum supported API version is {minimum}",
    "client version {client} is too new. Maximum supported API version is {maximum}",
  ],
  uses: ["docker.engines"],
  confirm: (_hit, facts) => {
    const engine = facts["docker.engines"].find(
      (entry) => entry.version !== undefined || entry.minApiVersion !== undefined,
    );
    return engine ? { holds: true, proof: [engine.at] } : { holds: true };
  },
  says: ({ captures, line }) => {
    const who = line.component ?? "The agent";
    return captures.maximum
      ? `${who} uses Docker API ${captures.client}, the engine supports at most ${captures.maximum.replace(/[^\d.]/g, "")}: the agent is too new for this engine`
      : `${who} uses Docker API ${captures.client}, the engine accepts ${captures.minimum?.replace(/[^\d.]+$/, "")} at least (Docker 29 raised the minimum): the agent's image is too old`;
  },
  rivals: [{ rule: "promtail/docker-socket-forbidden", tellApart: "there the socket itself is refused" }],
  decideWith: "docker version -f '{{.Server.APIVersion}} min {{.Server.MinAPIVersion}}'",
  references: [
    "https://docs.docker.com/engine/release-notes/29/",
    "https://github.com/google/cadvisor/issues/3790",
  ],
  fix: () => ({
    summary:
      "Upgrade the agent's image (cAdvisor: ghcr.io/google/cadvisor 0.53 or newer; Alloy 1.16); stop-gap: DOCKER_MIN_API_VERSION on the daemon",
    risk: "disruptive",
    steps: [{ do: "by-hand", title: "Use a newer image" }],
  }),
});

/** Several agents that are refused by one engine have one cause: the engine was upgraded. */
export const rule = defineRule({
  ...perAgent,
  check(facts, stack) {
    const drafts = perAgent.check(facts, stack);
    const [first] = drafts;
    if (!first || drafts.length < 2) return drafts;
    const names = drafts.map(({ component, says }) => component ?? says.split(" ")[0] ?? "agent");
    const hosts = new Set(
      drafts.map(({ component }) => stack.components.find(({ id }) => id === component)?.host ?? ""),
    );
    if (hosts.size > 1) return drafts;
    const { component: _one, ...shared } = first;
    const together: FindingDraft = {
      ...shared,
      subject: { kind: "host", id: [...hosts][0] || "Docker engine" },
      says: `${[...new Set(names)].join(", ")} are refused by the same engine: ${first.says}. They broke together because the engine changed, not because of their configuration`,
      proof: drafts.flatMap(({ proof }) => proof),
      concerns: drafts.flatMap(({ component }) => component ?? []),
    };

    return [together];
  },
});
