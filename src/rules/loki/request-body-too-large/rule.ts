// A batch that is larger than the gateway, an ingress or Loki's push accepts.
import { textRule } from "../../text-rule.ts";

export const rule = textRule({
  id: "loki/request-body-too-large",
  title: "Pushes to Loki are refused with 413: the batch is larger than client_max_body_size of the gateway",
  why: "nginx of the Loki chart's gateway accepts bodies up to client_max_body_size 4M, an ingress-nginx 1m. A larger batch gets 413 Request Entity Too Large; agents do not retry it, so its lines are lost.",
  severity: "warning",
  component: "loki",
  layer: "limits",
  nature: "cause",
  effect: "no-data-in",
  texts: [
    "413 Request Entity Too Large",
    "client intended to send too large body: {size#}",
    "client intended to send too large chunked body: {size#}",
    "Request body too large:",
  ],
  from: ["loki", "promtail", "alloy"],
  about: "loki",
  except: ["prometheus.remote_write", "/api/v1/write"],
  uses: ["config.documents"],
  confirm(hit, facts) {
    const { text, component } = hit.line;
    const isPush = component !== undefined || /loki|\/push|batch/i.test(text);
    if (!isPush) return { holds: false };
    const nginx = facts["config.documents"]
      .filter((doc) => doc.kind === "helm-values")
      .flatMap(
        (doc) => /clientMaxBodySize:\s{0,5}["']?(\w{1,10})/.exec(doc.text.slice(0, 500_000))?.[1] ?? [],
      )[0];
    return nginx
      ? {
          holds: true,
          says: `gateway.nginxConfig.clientMaxBodySize is ${nginx}, and a batch is larger: 413 Request Entity Too Large; raise it (20M) or send smaller batches`,
        }
      : { holds: true };
  },
  says: ({ captures, line }) =>
    `A push${captures.size ? ` of ${captures.size} bytes` : ""} is refused with 413${/nginx|<html|client intended/i.test(line.text) ? " by nginx" : ""}: client_max_body_size of the gateway (4M by default, an ingress 1m) is too small; set gateway.nginxConfig.clientMaxBodySize: 20M or send smaller batches`,
  rivals: [
    {
      rule: "loki/grpc-message-too-large",
      tellApart: "behind the gateway the limit is that of gRPC: ResourceExhausted, no 413",
    },
  ],
  decideWith: "kubectl -n NAMESPACE exec deploy/loki-gateway -- grep -r client_max_body_size /etc/nginx",
  references: ["https://grafana.com/docs/loki/latest/operations/troubleshooting/troubleshoot-ingest/"],
  fix: () => ({
    summary:
      "Set gateway.nginxConfig.clientMaxBodySize: 20M (own nginx: client_max_body_size 20m; ingress: nginx.ingress.kubernetes.io/proxy-body-size: 20m), or smaller batches in the agent (batchsize)",
    risk: "safe",
    steps: [
      {
        do: "by-hand",
        title: "Let the gateway accept larger bodies",
        command:
          "helm upgrade LOKI grafana/loki -n NAMESPACE --reuse-values --set gateway.nginxConfig.clientMaxBodySize=20M",
      },
    ],
  }),
});
