// A client dials a port that the Service of that name does not have.
import type { FindingDraft } from "../../../model/finding.ts";
import type { Service } from "../../../model/kubernetes.ts";
import { compilePattern } from "../../../model/pattern.ts";
import { defineRule } from "../../../model/rule.ts";
import { componentOfLine } from "../../../stack/find.ts";
import { byHand } from "../../by-hand.ts";
import { readDialError } from "../../dial-text.ts";
import { matches } from "../../line-match.ts";

const texts = ["context deadline exceeded", "i/o timeout", "connection refused", "no route to host"];
const patterns = texts.map(compilePattern);
const outcomes = new Set(["timeout", "refused", "no-route"]);

export const rule = defineRule({
  id: "kubernetes/service-lacks-port",
  title: "A client dials a port that the Service does not have",
  why: "A Service's address answers on its own ports only (`port`, not `targetPort` and not the pods' other ports). Packets to any other port are forwarded to nobody: depending on the network plug-in they run into a time-out or are refused, while the Service and its pods are fine.",
  severity: "critical",
  component: "kubernetes",
  layer: "config",
  nature: "cause",
  effect: "unreachable",
  needs: ["text.lines", "kubernetes.services"],
  texts,
  rivals: [
    {
      rule: "kubernetes/service-without-endpoints",
      tellApart: "there the Service has the port, and no ready pod behind it",
    },
    {
      rule: "kubernetes/network-policy-blocks-client",
      tellApart: "a policy drops packets to ports that the Service has",
    },
  ],
  decideWith: "kubectl -n NAMESPACE get svc SERVICE -o jsonpath='{.spec.ports}'",
  references: ["https://kubernetes.io/docs/concepts/services-networking/service/#field-spec-ports"],
  check({ "text.lines": lines, "kubernetes.services": services }, stack) {
    const found = new Map<string, FindingDraft>();
    for (const line of lines) {
      if (!matches(patterns, line)) continue;
      const error = readDialError(line.text);
      const host = error?.host?.toLowerCase();
      if (!error || !host || error.port === undefined || !outcomes.has(error.outcome)) continue;
      const client = componentOfLine(stack, line);
      const id = `${client?.id ?? line.component ?? "client"} → ${host}:${error.port}`;
      const service = found.has(id) ? undefined : serviceOf(host, client?.namespace, services);
      if (!service?.ports || service.ports.some(({ port }) => port === error.port)) continue;
      const offered = service.ports.map(({ name, port }) => (name ? `${port} (${name})` : String(port)));
      const name = service.namespace ? `${service.namespace}/${service.name}` : service.name;
      const isTarget = service.ports.find(({ targetPort }) => targetPort === String(error.port));
      found.set(id, {
        subject: { kind: "link", id },
        ...(client ? { component: client.id } : {}),
        says: `${host}:${error.port} leads nowhere: the Service ${name} offers ${offered.join(", ")}, not ${error.port}${isTarget ? ` (that is the pods' port; clients dial ${isTarget.port})` : ""}`,
        proof: [{ ...line.at, excerpt: line.text }, service.ports[0]?.at ?? service.at],
        certainty: "proven",
        concerns: [host],
      });
    }
    return [...found.values()];
  },
  fix: (finding) => {
    const [, ports = "the Service's port"] = / offers (.+?), not /.exec(finding.says) ?? [];
    return byHand(
      `Correct the port in the client's URL to ${ports}`,
      "See which ports the Service has",
      "kubectl -n NAMESPACE get svc SERVICE",
    );
  },
});

/** Behind a headless or external Service the name leads to the other side itself, and its ports are not the Service's. */
function serviceOf(
  host: string,
  from: string | undefined,
  services: readonly Service[],
): Service | undefined {
  if (/^[\d.]+$|:/.test(host)) {
    const [own, ...others] = services.filter(({ clusterIP }) => clusterIP === host);
    return others.length === 0 ? own : undefined;
  }
  const [name = "", namespace = from, ...rest] = host.split(".");
  if (rest.length > 0 && rest[0] !== "svc") return undefined;
  const [own, ...others] = services.filter(
    (service) =>
      service.name === name && (!namespace || !service.namespace || service.namespace === namespace),
  );
  const isDirect =
    own?.clusterIP === "None" || own?.externalName !== undefined || own?.clusterIP === undefined;
  return others.length > 0 || isDirect ? undefined : own;
}
