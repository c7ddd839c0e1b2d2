// The query worker is told a port nobody answers on; folklore calls it a start-up race.
import type { ConfigDocument } from "../../../model/config.ts";
import type { FindingDraft } from "../../../model/finding.ts";
import { compilePattern } from "../../../model/pattern.ts";
import { defineRule } from "../../../model/rule.ts";
import { numberAt, placeOf, textAt } from "../../../stack/config-value.ts";
import { isLoopback, parseAddress } from "../../../stack/resolve.ts";
import { matches } from "../../text-rule.ts";

/** pkg/loki/config_wrapper.go: grpc_listen_port defaults to 9095. */
const defaultGrpcPort = 9095;
const contact = [
  "error contacting frontend",
  "error contacting scheduler",
  "number of queriers connected to query-frontend is 0",
];
const contactPatterns = contact.map(compilePattern);
const keys = ["frontend_address", "scheduler_address"] as const;

export const rule = defineRule({
  id: "loki/frontend-worker-port-mismatch",
  title: "Loki's query worker dials a port that Loki does not listen on",
  why: "In a single process the worker has to reach that process's own gRPC port. With another port it is refused for ever: no querier attaches to the query front end, and /ready stays 503.",
  severity: "critical",
  component: "loki",
  layer: "config",
  nature: "cause",
  effect: "not-ready",
  phase: "ready",
  needs: ["config.documents"],
  uses: ["text.lines"],
  texts: contact,
  rivals: [
    {
      rule: "loki/worker-starts-before-frontend",
      tellApart:
        "a start-up race would end within seconds; with two different port numbers the connection can never succeed",
    },
  ],
  references: ["https://grafana.com/docs/loki/latest/configure/#frontend_worker"],
  check({ "config.documents": documents, "text.lines": lines }, stack) {
    const findings: FindingDraft[] = [];
    for (const document of documents) {
      if (document.kind !== "loki") continue;
      const owner = stack.components.find(
        (component) => component.kind === "loki" && component.configs.includes(document),
      );
      for (const key of keys) {
        const wrong = mismatch(document, key);
        if (!wrong) continue;
        const line = lines.findLast(
          (candidate) => candidate.component !== "grafana" && matches(contactPatterns, candidate),
        );
        findings.push({
          subject: { kind: "component", id: owner?.id ?? "loki" },
          ...(owner ? { component: owner.id } : {}),
          says: `frontend_worker.${key} is ${wrong.address}, but gRPC listens on ${wrong.listens}: nothing listens on port ${wrong.dials}`,
          proof: [
            placeOf(document, "frontend_worker", key),
            ...(wrong.isDefault ? [] : [placeOf(document, "server", "grpc_listen_port")]),
            ...(line ? [{ ...line.at, excerpt: line.text }] : []),
          ],
          certainty: "proven",
        });
      }
    }
    return findings;
  },
  fix(finding, { "config.documents": documents }) {
    const document = documents.find(
      (candidate) =>
        candidate.kind === "loki" && finding.proof.some((proof) => proof.source === candidate.at.source),
    );
    const key = keys.find((candidate) => document && mismatch(document, candidate));
    const wrong = document && key ? mismatch(document, key) : undefined;
    if (!document || !key || !wrong) return undefined;
    return {
      summary: `Set frontend_worker.${key} to port ${wrong.listens}, or remove the block: a single process needs none`,
      risk: "disruptive",
      steps: [
        {
          do: "edit-document",
          title: `Let the worker dial port ${wrong.listens}`,
          file: document.at,
          ...(document.embeddedIn ? { embeddedKey: document.embeddedIn.key } : {}),
          edits: [
            {
              op: "set",
              path: ["frontend_worker", key],
              value: wrong.address.replace(/:\d+$/, `:${wrong.listens}`),
            },
          ],
        },
        {
          do: "restart",
          title: "Restart Loki so that it reads the file",
          what: { kind: "workload", name: finding.component ?? "loki" },
        },
      ],
    };
  },
});

interface Mismatch {
  readonly address: string;
  readonly dials: number;
  readonly listens: number;
  readonly isDefault: boolean;
}

/** Only an address of the process itself can be judged by its own port. */
function mismatch(document: ConfigDocument, key: string): Mismatch | undefined {
  const address = textAt(document.value, "frontend_worker", key);
  const parsed = address ? parseAddress(address) : undefined;
  if (!address || !parsed?.port || !isLoopback(parsed.host)) return undefined;
  const set = numberAt(document.value, "server", "grpc_listen_port");
  const listens = set ?? defaultGrpcPort;
  return parsed.port === listens
    ? undefined
    : { address, dials: parsed.port, listens, isDefault: set === undefined };
}
