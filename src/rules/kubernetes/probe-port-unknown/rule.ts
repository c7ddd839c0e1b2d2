// A probe names a port by a name that the container does not declare.
import { byHand } from "../../by-hand.ts";
import { textRule } from "../../text-rule.ts";

export const rule = textRule({
  id: "kubernetes/probe-port-unknown",
  title: "A probe names a container port that the container does not declare, so it can never succeed",
  why: "httpGet.port and tcpSocket.port take a number or the name of a port of the same container. A name that is not among its ports (renamed in a newer chart: http became http-metrics) is tried as a number, and the kubelet says strconv.Atoi: invalid syntax. The pod never gets Ready, or is restarted for ever.",
  severity: "critical",
  component: "kubernetes",
  layer: "config",
  nature: "cause",
  effect: "not-ready",
  phase: "ready",
  from: "any",
  texts: ['strconv.Atoi: parsing "{port}": invalid syntax'],
  uses: ["kubernetes.pods"],
  confirm: (hit) => {
    if (!/probe/i.test(hit.line.text)) return { holds: false };
    const { container } = hit.component ?? {};
    const ports = container?.ports?.flatMap(({ name }) => name ?? []) ?? [];
    if (!container || ports.length === 0) return { holds: true };
    return { holds: !ports.includes(hit.captures.port ?? ""), proof: [container.at] };
  },
  says: ({ captures, line, component }) => {
    const kind = /^.{0,60}?(readiness|liveness|startup) probe/i.exec(line.text)?.[1]?.toLowerCase() ?? "";
    const ports = component?.container?.ports?.flatMap(({ name }) => name ?? []) ?? [];
    return `The ${kind ? `${kind} probe` : "probe"} asks for the port named ${captures.port}, which the container does not declare${ports.length > 0 ? ` (it has ${ports.join(", ")})` : ""}: set the probe's port to a name of the container's ports or to the number`;
  },
  rivals: [{ rule: "kubernetes/probe-path-unknown", tellApart: "there the port answers, with 404" }],
  decideWith: "kubectl get pod POD -o jsonpath='{..ports}{..readinessProbe}{..livenessProbe}'",
  references: [
    "https://kubernetes.io/docs/tasks/configure-pod-container/configure-liveness-readiness-startup-probes/#use-a-named-port",
  ],
  fix: () =>
    byHand(
      "Give the probe the name of a port the container declares (values of the old chart may still set readinessProbe.httpGet.port: http), or the number",
      "In the chart's values or the pod template",
    ),
});
