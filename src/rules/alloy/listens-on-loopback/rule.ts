// Alloy's default address is the loopback of its own container.
import type { FindingDraft } from "../../../model/finding.ts";
import { compilePattern } from "../../../model/pattern.ts";
import { defineRule } from "../../../model/rule.ts";
import { ownerOf, repair } from "../../change-configuration.ts";
import { changeArguments } from "../../change-container.ts";
import { matches } from "../../line-match.ts";

const texts = ["now listening for http traffic…addr=127.0.0.1:{port#}"];
const patterns = texts.map(compilePattern);
const flag = "--server.http.listen-addr";

export const rule = defineRule({
  id: "alloy/listens-on-loopback",
  title:
    "Alloy's HTTP server listens on 127.0.0.1 only, so a published port or a scrape from outside reaches nothing",
  why: "Without --server.http.listen-addr Alloy binds 127.0.0.1:12345 inside its own network namespace. A published container port is forwarded to the container's address, where nobody listens: the connection is accepted by the proxy and closed without an answer, or refused.",
  severity: "warning",
  component: "alloy",
  layer: "network",
  nature: "cause",
  effect: "unreachable",
  phase: "bind",
  needs: [],
  needsAny: ["text.lines", "docker.containers", "host.listeners"],
  uses: ["config.documents", "kubernetes.objects", "host.dials"],
  texts,
  decideWith: "ss -ltn | grep 12345; docker logs ALLOY 2>&1 | grep 'now listening'",
  references: ["https://grafana.com/docs/alloy/latest/reference/cli/run/"],
  check({ "text.lines": lines, "host.listeners": listeners, "host.dials": dials }, stack) {
    const findings: FindingDraft[] = [];
    for (const component of stack.components.filter((candidate) => candidate.kind === "alloy")) {
      const line = lines.findLast(
        (entry) => (entry.component === "alloy" || !entry.component) && matches(patterns, entry),
      );
      const listener = listeners.find(
        (entry) => entry.port === 12345 && /^(127\.|::1|\[::1\])/.test(entry.address),
      );
      const published = component.docker?.ports?.find(
        (port) => port.containerPort === 12345 && port.hostPort !== undefined,
      );
      const hasFlag = component.args.some((arg) => arg.text.startsWith(flag));
      const isExposed = published !== undefined || component.services.length > 0;
      const isMissed = dials.some(
        ({ targetPort, outcome }) => targetPort === 12345 && outcome !== "connected",
      );
      if (hasFlag || (!line && !listener) || (!isExposed && !listener)) continue;
      findings.push({
        subject: { kind: "component", id: component.id },
        component: component.id,
        says: `Alloy listens on 127.0.0.1:12345 only${published ? `, so the published port ${published.hostPort} reaches nothing` : ""}: ${flag} is not set`,
        proof: [
          ...(line ? [{ ...line.at, excerpt: line.text }] : []),
          ...(listener ? [listener.at] : []),
          ...(published ? [published.at] : []),
        ],
        certainty: "proven",
        // on its own machine the default address is as it should be, until somebody wants it from outside
        ...(isExposed || isMissed ? {} : { severity: "notice" as const }),
      });
    }
    return findings;
  },
  fix: (finding, facts, stack) =>
    repair(
      "Let Alloy listen on the address its port is published on",
      "disruptive",
      changeArguments(ownerOf(finding, stack), facts, `Set ${flag}`, { add: [`${flag}=0.0.0.0:12345`] }),
    ) ?? {
      summary: `Start Alloy with ${flag}=0.0.0.0:12345 (or the management address)`,
      risk: "safe",
      steps: [{ do: "by-hand", title: "Add the flag to the command", command: `${flag}=0.0.0.0:12345` }],
    },
});
