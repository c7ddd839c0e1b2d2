// The query worker is told a port nobody answers on; folklore calls it a start-up race.
import type { ConfigDocument } from "../../../model/config.ts";
import type { FindingDraft } from "../../../model/finding.ts";
import { compilePattern } from "../../../model/pattern.ts";
import { defineRule } from "../../../model/rule.ts";
import type { TextLine } from "../../../model/text.ts";
import { numberAt, placeOf, textAt } from "../../../stack/config-value.ts";
import { componentOfLine } from "../../../stack/find.ts";
import { isLoopback, parseAddress } from "../../../stack/resolve.ts";
import { readDialError } from "../../dial-text.ts";
import { matches } from "../../line-match.ts";

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
  needs: [],
  needsAny: ["config.documents", "text.lines"],
  uses: ["text.lines", "config.documents"],
  texts: contact,
  rivals: [
    {
      rule: "start-up-race",
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
    if (findings.length > 0 || documents.some(judges)) return findings;
    const refused = refusedForLong(lines);
    if (!refused) return [];
    const owner = componentOfLine(stack, refused.line);
    return [
      {
        subject: { kind: "component", id: owner?.id ?? "loki" },
        ...(owner ? { component: owner.id } : {}),
        says: `Loki's query worker dials ${refused.address} (frontend_worker.frontend_address or scheduler_address) again and again and is refused: nothing listens there, so server.grpc_listen_port is another port. A start-up race would have ended`,
        proof: [{ ...refused.line.at, excerpt: refused.line.text }],
        certainty: "likely",
        decideWith:
          "curl -s http://LOKI:3100/config | grep -E 'grpc_listen_port|frontend_address|scheduler_address'",
      },
    ];
  },
  fix(finding, { "config.documents": documents }) {
    const quoted = documents.filter(
      (candidate) =>
        candidate.kind === "loki" && finding.proof.some((proof) => proof.source === candidate.at.source),
    );
    // What the process has loaded cannot be edited; the file it was loaded from can.
    const document = quoted.find((candidate) => candidate.origin === "file") ?? quoted[0];
    const key = keys.find((candidate) => document && mismatch(document, candidate));
    const wrong = document && key ? mismatch(document, key) : undefined;
    if (!document || !key || !wrong) {
      return {
        summary:
          "Remove the frontend_worker block (a single process needs none), or set frontend_address to server.grpc_listen_port",
        risk: "disruptive",
        steps: [
          { do: "by-hand", title: "Make frontend_worker.frontend_address and server.grpc_listen_port agree" },
        ],
      };
    }
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

/** A whole configuration, or the block in question, decides without any text. */
function judges(document: ConfigDocument): boolean {
  return document.kind === "loki" && textAt(document.value, "frontend_worker", keys[0]) !== undefined;
}

const longMs = 60_000;

/** The process's own address refused for more than a minute: by time stamps, or by many attempts where lines have none. */
function refusedForLong(lines: readonly TextLine[]): { line: TextLine; address: string } | undefined {
  const own = lines.flatMap((line) => {
    if (line.component === "grafana" || !matches(contactPatterns, line)) return [];
    const dialled = /dial(?:ing)?:? (?:dial )?tcp (\[?[\w.:]+\]?:\d+)/.exec(line.text)?.[1];
    const isOwn = dialled !== undefined && isLoopback(parseAddress(dialled)?.host ?? "");
    return isOwn && readDialError(line.text)?.outcome === "refused" ? [{ line, address: dialled }] : [];
  });
  const times = own.flatMap(({ line }) => line.timeMs ?? []);
  const span = times.length > 0 ? Math.max(...times) - Math.min(...times) : 0;
  const count = own.reduce((sum, { line }) => sum + (line.count ?? 1), 0);
  return span >= longMs || count >= 10 ? own.at(-1) : undefined;
}

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
