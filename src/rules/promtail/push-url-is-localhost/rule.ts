// localhost in the push URL is the agent's own container.

import type { FindingDraft } from "../../../model/finding.ts";
import { compilePattern } from "../../../model/pattern.ts";
import { defineRule } from "../../../model/rule.ts";
import { isLoopback, parseAddress } from "../../../stack/resolve.ts";
import {
  filesOf,
  ownerOf,
  readAgain,
  repair,
  replaceValues,
  serviceAt,
  valuesIn,
} from "../../change-configuration.ts";
import { matches } from "../../line-match.ts";

const texts = [
  "Post …//localhost:{port#}/loki/api/v1/push…connection refused",
  "Post …//127.0.0.1:{port#}/loki/api/v1/push…connection refused",
];
const patterns = texts.map(compilePattern);

export const rule = defineRule({
  id: "promtail/push-url-is-localhost",
  title:
    "The log agent pushes to localhost, where no Loki listens: Loki is in another container or on another host",
  why: "In a container on a bridge network localhost is the container itself, and on an agent's VM it is that VM. Unless Loki shares the network namespace, the push is refused for ever.",
  severity: "critical",
  component: "promtail",
  layer: "config",
  nature: "cause",
  effect: "no-data-out",
  needs: ["text.lines"],
  uses: ["config.documents", "docker.containers"],
  texts,
  rivals: [
    {
      rule: "docker/container-restarting",
      tellApart: "if Loki really shares the namespace (host network), it is simply not running",
      decideWith: "ss -ltn | grep 3100",
    },
  ],
  decideWith: "docker inspect -f '{{.HostConfig.NetworkMode}}' AGENT; ss -ltn | grep 3100",
  references: ["https://grafana.com/docs/loki/latest/send-data/promtail/configuration/#clients"],
  check({ "text.lines": lines }, stack) {
    const line = lines.findLast((entry) => matches(patterns, entry));
    if (!line) return [];
    const agent = stack.components.find(
      (component) => component.kind === "promtail" || component.kind === "alloy",
    );
    const loki = stack.components.find(
      (component) =>
        component.kind === "loki" && (component.docker || component.pods.length > 0 || component.host),
    );
    const shares =
      agent?.docker?.networkMode === "host" && loki?.docker !== undefined && loki.host === agent.host;
    if (shares) return [];
    const finding: FindingDraft = {
      subject: { kind: "component", id: agent?.id ?? "promtail" },
      ...(agent ? { component: agent.id } : {}),
      says: `The agent pushes to ${line.text.match(/https?:\/\/(?:localhost|127\.0\.0\.1)[^\s"\\]*/)?.[0]} and is refused: localhost is its own container or host, Loki is elsewhere`,
      proof: [{ ...line.at, excerpt: line.text }],
      certainty: agent?.docker || agent?.pods.length ? "proven" : "likely",
    };
    return [finding];
  },
  fix: (finding, facts, stack) =>
    repair("Push to Loki under its service's name", "safe", [
      ...filesOf(facts, "promtail").flatMap((doc) =>
        replaceValues(
          valuesIn(
            doc,
            (value, path) => path[0] === "clients" && path.at(-1) === "url" && typeof value === "string",
          ),
          "Name the service instead of localhost",
          (value) => {
            const { host, port } = parseAddress(String(value)) ?? {};
            if (host === undefined || port === undefined || !isLoopback(host)) return undefined;
            const service = serviceAt(port, facts["docker.containers"], undefined);
            return service && String(value).replace(/^(https?:\/\/)[^/]+/, `$1${service}`);
          },
        ),
      ),
      ...readAgain(ownerOf(finding, stack)),
    ]) ?? {
      summary: "Push to the service name or the address of Loki's host: http://LOKI:3100/loki/api/v1/push",
      risk: "safe",
      steps: [
        {
          do: "by-hand",
          title: "Change clients[].url (Alloy: endpoint url)",
          command: "url: http://LOKI:3100/loki/api/v1/push",
        },
      ],
    },
});
