// --web.external-url with a path moves the health endpoints; the probe still asks the old path.
import { textRule } from "../../text-rule.ts";

export const rule = textRule({
  id: "prometheus/probe-misses-route-prefix",
  title: "The probe path lacks the route prefix, so it gets 404 from a healthy Prometheus",
  why: "--web.external-url with a path becomes the route prefix of every endpoint, health checks included. A probe that asks /-/ready gets 404 and the pod never becomes Ready.",
  severity: "critical",
  component: "prometheus",
  layer: "probe",
  nature: "cause",
  effect: "not-ready",
  phase: "ready",
  from: "any",
  texts: ["probe failed: HTTP probe failed with statuscode: 404"],
  uses: ["kubernetes.pods"],
  confirm: (hit) => {
    const kinds = ["prometheus", "alertmanager"];
    if (hit.component && !kinds.includes(hit.component.kind)) return { holds: false };
    const flag = hit.component?.args.find((arg) =>
      /--web\.(external-url=\S+\/\/[^/]+\/\S|route-prefix=\/\S)/.test(arg.text),
    );
    if (flag)
      return {
        holds: true,
        proof: [flag.at],
        says: `${flag.text} moves every endpoint below that path; the probe asks without the prefix and gets 404`,
      };
    // Its arguments are there to read, and none of them moves the endpoints.
    return hit.component && hit.component.args.length > 0 ? { holds: false } : {};
  },
  says: () =>
    "The probe gets 404: the web interface is served below a route prefix (--web.external-url or --web.route-prefix) that the probe path lacks",
  rivals: [{ rule: "prometheus/probe-refused-by-auth", tellApart: "the status is 404, not 401" }],
  decideWith: "kubectl -n NAMESPACE get pod POD -o yaml | grep -E 'web\\.(external-url|route-prefix)|path:'",
  references: ["https://github.com/helm/charts/issues/1640"],
  fix: () => ({
    summary:
      "Set --web.route-prefix=/ (with a rewriting proxy), or put the prefix into the probe path (server.prefixURL, spec.routePrefix)",
    risk: "disruptive",
    steps: [{ do: "by-hand", title: "Make probe path and route prefix agree" }],
  }),
});
