// Pods become Ready by joining, and the name to join at appears when one of them is Ready.
import { textRule } from "../../text-rule.ts";

export const rule = textRule({
  id: "loki/memberlist-hides-unready-pods",
  title: "Loki's memberlist Service publishes only Ready pods, so the pods can never join",
  why: "memberlist joins through a headless Service. Without publishNotReadyAddresses: true it has a DNS record only when a pod is Ready, and a pod becomes Ready only after it has joined: chicken and egg. After a full restart no pod gets Ready.",
  severity: "critical",
  component: "loki",
  layer: "dns",
  nature: "cause",
  effect: "not-ready",
  phase: "ready",
  texts: [
    "memberlist…failed to reach any nodes",
    "failed to resolve {name}memberlist{rest*}",
    "re-joining memberlist cluster failed",
    "joining memberlist cluster{text*}no such host",
    "joining memberlist cluster failed",
    "lookup {name}memberlist{rest*}no such host",
    "lookup {name}memberlist{rest*}server misbehaving",
  ],
  recoveredBy: ["joining memberlist cluster succeeded"],
  about: "loki",
  uses: ["kubernetes.services", "kubernetes.endpoints", "kubernetes.pods"],
  confirm(hit, facts) {
    const name = /([\w-]*memberlist)(?:[.:]|\b)/.exec(hit.line.text.replace(/memberlist cluster/g, ""))?.[1];
    const services = facts["kubernetes.services"].filter((service) =>
      name ? service.name === name : /memberlist|gossip/.test(service.name),
    );
    const [service] = services;
    const isNameError = /no such host|server misbehaving|failed to resolve|failed to reach any nodes/i.test(
      hit.lines.map(({ text }) => text.slice(0, 2_000)).join("\n"),
    );
    if (!service) return isNameError && (name || hit.lines.length > 0) ? {} : { holds: false };
    if (service.publishNotReadyAddresses) return { holds: false };
    const endpoints = facts["kubernetes.endpoints"].find((entry) => entry.name === service.name);
    if (endpoints && endpoints.ready.length > 0) return { holds: false };
    const isShown = service.selector !== undefined && service.ports !== undefined;
    const full = service.namespace ? `${service.namespace}/${service.name}` : service.name;
    return {
      ...(isShown || endpoints ? { holds: true } : {}),
      proof: [service.at, ...(endpoints ? [endpoints.at] : [])],
      says: `Service ${full} is headless without publishNotReadyAddresses: true${endpoints ? " and has no endpoint" : ""}, so its name does not exist until a pod is Ready, and no pod gets Ready before it has joined there`,
    };
  },
  says: () =>
    "The memberlist Service does not resolve: it publishes only Ready pods (publishNotReadyAddresses is not true), and no pod gets Ready before it has joined",
  rivals: [
    {
      rule: "memberlist-join-name-wrong",
      tellApart: "a wrong name in memberlist.join_members would not exist as a Service at all",
      decideWith: "kubectl -n NAMESPACE get svc | grep memberlist",
    },
    {
      rule: "kubernetes/network-policy-blocks-client",
      tellApart: "a NetworkPolicy on port 7946 gives time-outs, not a missing name",
    },
  ],
  decideWith:
    "kubectl -n NAMESPACE get svc -o yaml | grep -B8 -A2 publishNotReadyAddresses; kubectl -n NAMESPACE get endpoints",
  references: ["https://github.com/grafana/loki/issues/7907", "https://github.com/grafana/loki/pull/8446"],
  fix(finding, facts) {
    const service = facts["kubernetes.services"].find(
      (entry) => /memberlist|gossip/.test(entry.name) && finding.says.includes(entry.name),
    );
    return {
      summary: "Set spec.publishNotReadyAddresses: true on the memberlist Service (newer charts do)",
      risk: "safe",
      steps: service
        ? [
            {
              do: "patch-object",
              title: `Publish pods that are not Ready behind ${service.name}`,
              kind: "Service",
              ...(service.namespace ? { namespace: service.namespace } : {}),
              name: service.name,
              patch: [{ op: "add", path: "/spec/publishNotReadyAddresses", value: true }],
            },
          ]
        : [
            {
              do: "by-hand",
              title: "Publish pods that are not Ready",
              command:
                'kubectl -n NAMESPACE patch svc LOKI-memberlist -p \'{"spec":{"publishNotReadyAddresses":true}}\'',
            },
          ],
    };
  },
});
