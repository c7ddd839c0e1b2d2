// nginx of the gateway runs, and one of the names it forwards to cannot be resolved.
import { textRule } from "../../text-rule.ts";

export const rule = textRule({
  id: "loki/gateway-upstream-unresolved",
  title:
    "Loki's gateway (nginx) cannot resolve an upstream: the component is not deployed, or the cluster's DNS does not answer",
  why: "nginx looks the upstreams up at run time. (3: Host not found) means that there is no such Service, usually a component such as the ruler that is not deployed; (110: Operation timed out) means that the DNS server did not answer, often because CoreDNS got a new address. Only the paths of that upstream answer 502.",
  severity: "warning",
  component: "loki",
  layer: "dns",
  nature: "cause",
  effect: "unreachable",
  texts: [
    "{name} could not be resolved (3: Host not found)",
    "{name} could not be resolved (110: Operation timed out)",
    "{name} could not be resolved (2: Server failure)",
  ],
  from: "any",
  about: "loki",
  uses: ["kubernetes.services"],
  confirm(hit, facts) {
    const name = nameOf(hit.line.text);
    const isLoki =
      /loki/i.test(hit.line.text) || /loki/i.test(`${hit.line.pod ?? ""}${hit.line.container ?? ""}`);
    if (!isLoki) return { holds: false };
    if (!/\(3:/.test(hit.line.text)) return { holds: true };
    const [service, namespace] = name.split(".");
    const known = facts["kubernetes.services"].filter(
      (entry) => !namespace || !entry.namespace || entry.namespace === namespace,
    );
    if (known.length === 0) return {};
    const found = known.find((entry) => entry.name === service);
    return found
      ? { certainty: "possible" }
      : {
          holds: true,
          ...(known[0] ? { proof: [known[0].at] } : {}),
          says: `nginx of the gateway forwards to ${name}, but there is no Service ${service}: that component is not deployed (or has another name), so its paths answer 502`,
        };
  },
  says: ({ line }) =>
    /\(3:/.test(line.text)
      ? `nginx of the gateway cannot resolve ${nameOf(line.text)} (Host not found): there is no such Service, the component is not deployed or has another name; its paths answer 502`
      : `nginx of the gateway gets no answer from DNS for ${nameOf(line.text)}: the resolver's address is dead or UDP 53 is blocked; restart the gateway after CoreDNS has moved`,
  rivals: [
    {
      rule: "loki/gateway-resolver-unknown",
      tellApart: "there nginx does not start: host not found in resolver",
    },
  ],
  decideWith: "kubectl -n NAMESPACE get svc | grep loki; kubectl -n kube-system get endpoints kube-dns",
  references: [
    "https://github.com/grafana/helm-charts/issues/2635",
    "https://github.com/grafana/loki/issues/14013",
  ],
  fix: (finding) =>
    /no answer from DNS/.test(finding.says)
      ? {
          summary:
            "Restart the gateway so that it asks the present DNS Service, and look whether CoreDNS answers",
          risk: "safe",
          steps: [
            {
              do: "by-hand",
              title: "Restart the gateway",
              command: "kubectl -n NAMESPACE rollout restart deployment loki-gateway",
            },
          ],
        }
      : {
          summary:
            "Deploy the component, or take its route out of the gateway's nginx configuration (or correct the Service name)",
          risk: "safe",
          steps: [
            {
              do: "by-hand",
              title: "Compare the Services with the upstreams",
              command: "kubectl -n NAMESPACE get svc | grep loki",
            },
          ],
        },
});

function nameOf(text: string): string {
  return /([\w.-]{1,253}) could not be resolved/.exec(text)?.[1] ?? "the upstream";
}
