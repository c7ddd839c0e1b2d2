// Basic auth covers the health endpoints too; the kubelet sends no password.
import { textRule } from "../../text-rule.ts";

export const rule = textRule({
  id: "prometheus/probe-refused-by-auth",
  title: "The kubelet's probes get 401: basic auth also covers the health endpoints",
  why: "A web config file with basic_auth_users protects every path, /-/healthy and /-/ready included. The kubelet sends no credentials, counts 401 as failure and restarts a process that is perfectly well.",
  severity: "critical",
  component: "prometheus",
  layer: "probe",
  nature: "cause",
  effect: "down",
  phase: "ready",
  from: "any",
  texts: ["probe failed: HTTP probe failed with statuscode: 401"],
  uses: ["config.documents"],
  confirm: (hit, facts) => {
    const web = facts["config.documents"].find(
      (document) => document.kind === "prometheus-web" && /basic_auth_users/.test(document.text),
    );
    const flag = hit.component?.args.find((arg) => arg.text.includes("web.config.file"));
    return web || flag ? { holds: true, proof: [web?.at ?? flag?.at].flatMap((at) => (at ? [at] : [])) } : {};
  },
  says: () =>
    "Probes answer 401 Unauthorized: basic auth is on for the whole web interface and the probe sends no Authorization header",
  rivals: [{ rule: "prometheus/probe-misses-route-prefix", tellApart: "the status is 401, not 404" }],
  decideWith: "kubectl -n NAMESPACE get pod POD -o yaml | grep -A3 web.config.file",
  references: [
    "https://github.com/prometheus-community/helm-charts/issues/3701",
    "https://prometheus.io/docs/prometheus/latest/configuration/https/",
  ],
  fix: () => ({
    summary: "Give the probes an Authorization header (chart: server.probeHeaders), or use tcpSocket probes",
    risk: "disruptive",
    steps: [{ do: "by-hand", title: "Set probe headers in the chart values: server.probeHeaders" }],
  }),
});
