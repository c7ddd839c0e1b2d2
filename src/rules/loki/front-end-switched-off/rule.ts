// downstream_url in a file that all targets read takes the query front end away from them.
import { byHand } from "../../by-hand.ts";
import { textRule } from "../../text-rule.ts";

export const rule = textRule({
  id: "loki/front-end-switched-off",
  title:
    "frontend.downstream_url is set for a Loki that runs its own queriers: that switches its query front end service off",
  why: "With a downstream URL the front end passes requests on by HTTP and registers no gRPC service for queriers. In a file that every target reads (target all, or the queriers' own) the queriers still dial it and are told Unimplemented: unknown service frontend.Frontend, from 2.4 on for ever.",
  severity: "critical",
  component: "loki",
  layer: "config",
  nature: "cause",
  effect: "no-answer",
  phase: "ready",
  texts: [
    "Unimplemented desc = unknown service frontend.Frontend",
    "Unimplemented desc = unknown service schedulerpb.SchedulerForQuerier",
    "Unimplemented desc = unknown service frontendv2pb.FrontendForQuerier",
  ],
  uses: ["config.documents"],
  from: ["loki"],
  confirm(hit, facts) {
    const named = facts["config.documents"].find((doc) =>
      /^\s*downstream_url:\s*\S/m.test(doc.text.slice(0, 100_000)),
    );
    if (!named) return {};
    return { holds: true, proof: [named.at, { ...hit.line.at, excerpt: hit.line.text }] };
  },
  says: ({ line }) =>
    `Queriers ask ${/unknown service (\S+?)"?$/.exec(line.text)?.[1] ?? "the front end"} of a Loki that does not offer it: frontend.downstream_url stands in the file of this target and switches the front end's own service off; keep downstream_url for the query-frontend target alone (-frontend.downstream-url)`,
  rivals: [
    {
      rule: "loki/frontend-worker-port-mismatch",
      tellApart: "there nothing listens on the dialled port: connection refused instead of Unimplemented",
    },
  ],
  decideWith: "curl -s http://LOKI:3100/config | grep -A3 downstream_url; curl -s http://LOKI:3100/services",
  references: [
    "https://github.com/grafana/loki/issues/4990",
    "https://grafana.com/docs/loki/latest/configure/#frontend",
  ],
  fix: () =>
    byHand(
      "Take frontend.downstream_url out of the shared file and give it to the front end alone: -target=query-frontend -frontend.downstream-url=URL",
      "In loki.yaml and the front end's arguments, then restart",
    ),
});
