// The read path asks the compactor for delete requests and was not told where it is.
import { lokiFix } from "../../loki-fix.ts";
import { textRule } from "../../text-rule.ts";

export const rule = textRule({
  id: "loki/compactor-address-missing",
  title: "Loki's read path has no compactor address for the filtering of deletes",
  why: "A querier, read or ruler process without the compactor inside must ask it for delete requests. Neither common.compactor_grpc_address nor common.compactor_address is set, so it does not start.",
  severity: "critical",
  component: "loki",
  layer: "config",
  nature: "cause",
  effect: "down",
  phase: "config",
  texts: [
    "query filtering for deletes requires 'compactor_grpc_address' or 'compactor_address'",
    // before 2.7
    "query filtering for deletes requires 'compactor_address' to be configured",
  ],
  from: "any",
  says: () =>
    "common.compactor_grpc_address (or compactor_address) is not set, and this process runs without the compactor: set common.compactor_grpc_address: COMPACTOR:9095",
  references: [
    "https://github.com/grafana/loki/issues/10128",
    "https://github.com/grafana/loki/blob/main/pkg/loki/modules.go",
  ],
  uses: ["config.documents", "kubernetes.services"],
  fix(finding, facts) {
    const service = facts["kubernetes.services"].find(({ name }) => /loki.*(backend|compactor)$/.test(name));
    return lokiFix(
      finding,
      facts,
      "Set common.compactor_grpc_address to the compactor's gRPC address (host:9095); in simple scalable mode that is the backend",
      [{ path: ["common", "compactor_grpc_address"], value: `${service?.name ?? "loki-backend"}:9095` }],
    );
  },
});
