// prometheus-adapter asks Prometheus for the list of series, and gets none.
import { byHand } from "../../by-hand.ts";
import { textRule } from "../../text-rule.ts";

export const rule = textRule({
  id: "kubernetes/metrics-adapter-without-prometheus",
  title: "prometheus-adapter gets no series from Prometheus, so the custom metrics API stays empty",
  why: "The adapter asks its --prometheus-url for all series of its rules and offers what it finds as custom metrics. Its default URL is a name that few installations have; a URL without the route prefix, or of a web page in front, gives 404 or HTML. Autoscalers that use custom metrics then stand still.",
  severity: "warning",
  component: "kubernetes",
  layer: "config",
  nature: "cause",
  effect: "none",
  phase: "run",
  from: "any",
  texts: ["unable to update list of all metrics: unable to fetch metrics for query"],
  says: ({ line }) => {
    const url = /(?:Get|Post) \\*"?(https?:\/\/[^/\s"]+)/.exec(line.text)?.[1];
    const what = /no such host/.test(line.text)
      ? `its Prometheus URL ${url ?? ""} names a service that does not exist`
      : /connection refused/.test(line.text)
        ? `nothing listens at its Prometheus URL ${url ?? ""}`
        : /invalid character '?(?:<|&lt;)/.test(line.text)
          ? "its Prometheus URL answers with a web page (HTML) instead of JSON: the path or prefix is missing, or a login page or another program answers"
          : /response code 404/.test(line.text)
            ? "its Prometheus URL answers 404: the route prefix is missing in it"
            : /x509/.test(line.text)
              ? "it does not trust the certificate at its Prometheus URL"
              : "Prometheus does not answer its queries";
    return `prometheus-adapter cannot list series: ${what} (prometheus.url, prometheus.port and prometheus.path in the chart)`;
  },
  explains: [
    {
      rule: "prometheus/target-answers-web-page",
      via: "anything",
      mechanism: "the adapter is told a web page instead of the API",
    },
  ],
  decideWith:
    "kubectl -n NAMESPACE get deploy prometheus-adapter -o yaml | grep prometheus-url; kubectl get svc -A | grep -i prometheus",
  references: [
    "https://github.com/kubernetes-sigs/prometheus-adapter#configuration",
    "https://github.com/kubernetes-sigs/prometheus-adapter/issues/154",
  ],
  fix: () =>
    byHand(
      "Give the adapter the address of the Prometheus service: prometheus.url: http://SERVICE.NAMESPACE.svc, prometheus.port: 9090, and prometheus.path where Prometheus has a route prefix",
      "In the adapter's values, then helm upgrade",
      "kubectl get svc -A | grep -i prometheus",
    ),
});
