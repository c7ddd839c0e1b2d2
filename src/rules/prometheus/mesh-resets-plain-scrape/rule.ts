// A service mesh demands mTLS on the metrics port.
import { textRule } from "../../text-rule.ts";

export const rule = textRule({
  id: "prometheus/mesh-resets-plain-scrape",
  title: "A service mesh with strict mTLS resets plain connections to the metrics port",
  why: "The sidecar accepts the TCP connection and hangs up when it is not TLS of the mesh. Plain pods answer, meshed ones reset.",
  severity: "warning",
  component: "prometheus",
  layer: "network",
  nature: "cause",
  effect: "no-data-in",
  phase: "run",
  from: "any",
  texts: ["read: connection reset by peer", "upstream connect error or disconnect/reset before headers"],
  uses: ["kubernetes.objects", "kubernetes.pods"],
  unconfirmed: "silent",
  confirm: (_hit, facts) => {
    const policy = facts["kubernetes.objects"].find(
      (object) => object.kind === "PeerAuthentication" && JSON.stringify(object.value).includes("STRICT"),
    );
    const sidecar = facts["kubernetes.pods"].find((pod) =>
      pod.spec?.containers.some((container) => /istio-proxy|linkerd-proxy/.test(container.name)),
    );
    const said = facts["text.lines"].find(
      (line) => line.stream === "note" && /istio|linkerd|mtls|service mesh/i.test(line.text),
    );
    const at = policy?.at ?? sidecar?.at ?? said?.at;
    if (!at) return {};
    return policy ? { holds: true, proof: [at] } : { holds: true, proof: [at], certainty: "likely" };
  },
  says: () =>
    "Connections are reset after they were accepted: the target's sidecar (Istio, Linkerd) demands mTLS on that port",
  decideWith:
    "kubectl get peerauthentication -A; kubectl -n NAMESPACE get pod POD -o jsonpath='{.spec.containers[*].name}'",
  references: ["https://istio.io/latest/docs/ops/integrations/prometheus/"],
  fix: () => ({
    summary:
      "Exclude the metrics port (traffic.sidecar.istio.io/excludeInboundPorts), make it PERMISSIVE, or scrape with the mesh's certificates",
    risk: "safe",
    steps: [
      {
        do: "by-hand",
        title: "Annotate the target's pod template",
        command: 'traffic.sidecar.istio.io/excludeInboundPorts: "METRICS_PORT"',
      },
    ],
  }),
});
