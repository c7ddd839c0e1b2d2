// nginx of the gateway wants a DNS Service that this cluster calls otherwise.
import { textRule } from "../../text-rule.ts";

export const rule = textRule({
  id: "loki/gateway-resolver-unknown",
  title: "The gateway's nginx names a DNS Service that does not exist in this cluster",
  why: "The Loki chart writes global.dnsService (default kube-dns) and global.clusterDomain (cluster.local) as resolver into the nginx configuration. Where the DNS Service has another name (rke2-coredns-rke2-coredns, coredns) nginx cannot resolve it and exits; Loki itself is healthy behind it.",
  severity: "critical",
  component: "loki",
  layer: "dns",
  nature: "cause",
  effect: "unreachable",
  texts: ['host not found in resolver "{name}"', "host not found in resolver {name}"],
  from: "any",
  about: "loki",
  uses: ["kubernetes.services"],
  confirm(hit, facts) {
    const resolver = nameOf(hit.line.text);
    const [service, namespace] = resolver.split(".");
    const known = facts["kubernetes.services"];
    const exists = known.find(
      (entry) => entry.name === service && (!namespace || !entry.namespace || entry.namespace === namespace),
    );
    const real = known.find(
      (entry) =>
        /dns/.test(entry.name) && entry !== exists && (entry.ports ?? []).some(({ port }) => port === 53),
    );
    const named = real ?? known.find((entry) => /dns/.test(entry.name) && entry !== exists);
    if (!named || exists) return {};
    return {
      holds: true,
      proof: [named.at],
      says: `nginx of the gateway cannot resolve ${resolver}: the DNS Service of this cluster is ${named.namespace ?? "kube-system"}/${named.name}. Set global.dnsService: ${named.name}${named.namespace && named.namespace !== "kube-system" ? ` and global.dnsNamespace: ${named.namespace}` : ""}`,
    };
  },
  says: ({ line }) =>
    `nginx of the gateway cannot resolve ${nameOf(line.text)}: set global.dnsService (and global.dnsNamespace, global.clusterDomain) to the DNS Service of this cluster`,
  rivals: [
    {
      rule: "loki/gateway-upstream-unresolved",
      tellApart: "there nginx starts and answers 502: could not be resolved",
    },
  ],
  decideWith: "kubectl -n kube-system get svc | grep -i dns",
  references: ["https://github.com/grafana/loki/issues/6006", "https://github.com/grafana/loki/issues/7287"],
  fix(_finding, facts) {
    const real = facts["kubernetes.services"].find(({ name }) => /dns/.test(name));
    return {
      summary: `Set global.dnsService: ${real?.name ?? "NAME"} (and global.dnsNamespace, global.clusterDomain where they differ) in the values of the Loki chart`,
      risk: "safe",
      steps: [
        {
          do: "by-hand",
          title: "Name the cluster's DNS Service",
          command: `helm upgrade LOKI grafana/loki -n NAMESPACE --reuse-values --set global.dnsService=${real?.name ?? "NAME"}`,
        },
      ],
    };
  },
});

function nameOf(text: string): string {
  return (/host not found in resolver [\\"]*([\w.-]+)/.exec(text)?.[1] ?? "the resolver").replace(/\.$/, "");
}
