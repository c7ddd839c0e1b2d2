// Loki's ruler sends its alerts to itself: localhost is Loki's own container.

import type { Component, Stack } from "../../../model/stack.ts";
import { isLoopback, parseAddress } from "../../../stack/resolve.ts";
import { lokiFix } from "../../loki-fix.ts";
import { lokiSettings, subjectOf } from "../../loki-settings.ts";
import { textRule } from "../../text-rule.ts";

export const rule = textRule({
  id: "loki/ruler-alertmanager-on-localhost",
  title: "Loki's ruler sends alerts to an Alertmanager on localhost, where none listens",
  why: "The example configuration sets ruler.alertmanager_url to http://localhost:9093. In a container or pod, localhost is the container itself: every alert of the log rules is refused and lost.",
  severity: "warning",
  component: "loki",
  layer: "delivery",
  nature: "cause",
  effect: "no-data-out",
  texts: [
    "Error sending alert…http://localhost:9093…connection refused",
    "Error sending alert…127.0.0.1:9093…connection refused",
    "Error sending alert…http://localhost:{port#}/{path}…connection refused",
    "Error sending alerts…localhost:{port#}…connection refused",
  ],
  from: ["loki"],
  uses: ["config.documents"],
  confirm(hit, facts, stack) {
    const [settings] = lokiSettings(facts, stack, hit.component).filter(
      ({ alertmanagerUrl }) => alertmanagerUrl,
    );
    const at = settings?.alertmanagerUrl?.at;
    return { holds: hit.line.component === "loki" || at !== undefined, ...(at ? { proof: [at] } : {}) };
  },
  says: () =>
    "Loki's ruler posts alerts to localhost:9093 (ruler.alertmanager_url), which is Loki's own container: no Alertmanager listens there, alerts are lost",
  fromFiles(facts, stack) {
    const hasRules = facts["config.documents"].some(({ kind }) => kind === "loki-rules");
    if (!hasRules) return [];
    return lokiSettings(facts, stack).flatMap((settings) => {
      const url = settings.alertmanagerUrl;
      const address = url ? parseAddress(url.value) : undefined;
      if (!url?.at || !address || !isLoopback(address.host)) return [];
      if (!isAlone(settings.owner, stack)) return [];
      return [
        {
          ...subjectOf(settings),
          says: `ruler.alertmanager_url is ${url.value}, but Loki runs in a container: localhost is Loki itself, and the alerts of its rules go nowhere`,
          proof: [url.at],
          certainty: "proven" as const,
        },
      ];
    });
  },
  decideWith: "kubectl get svc -A | grep -i alertmanager",
  references: ["https://grafana.com/docs/loki/latest/alert/#alertmanager"],
  fix: (finding, facts) =>
    lokiFix(
      finding,
      facts,
      "Set ruler.alertmanager_url to Alertmanager's address: http://alertmanager:9093",
      [{ path: ["ruler", "alertmanager_url"], value: "http://alertmanager:9093" }],
    ),
});

/** In a container of its own, on a network of its own. */
function isAlone(owner: Component | undefined, stack: Stack): boolean {
  if (!owner) return false;
  const { docker, pods, workload } = owner;
  if (docker) return docker.networkMode !== "host" && !docker.networkMode?.startsWith("container:");
  const spec = pods[0]?.spec ?? workload?.spec;
  if (!spec || spec.hostNetwork) return false;
  return !stack.components.some(
    (other) => other.kind === "alertmanager" && other.pods.some((pod) => pods.includes(pod)),
  );
}
