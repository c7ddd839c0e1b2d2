// A client asks for a Service name that does not exist, while a similar one does.
import type { Facts } from "../../../model/facts.ts";
import type { FindingDraft } from "../../../model/finding.ts";
import { compilePattern } from "../../../model/pattern.ts";
import type { Step } from "../../../model/plan.ts";
import { defineRule } from "../../../model/rule.ts";
import type { Stack } from "../../../model/stack.ts";
import { componentOfLine } from "../../../stack/find.ts";
import { kindOfName } from "../../../stack/identify.ts";
import { filesOf, ownerOf, readAgain, repair, replaceValues, valuesIn } from "../../change-configuration.ts";
import { readDialError } from "../../dial-text.ts";
import { hostOfUrl } from "../../failing-towards.ts";
import { matches } from "../../line-match.ts";

const texts = ["no such host"];
const patterns = texts.map(compilePattern);

export const rule = defineRule({
  id: "kubernetes/service-name-wrong",
  title:
    "A client dials a Service name that does not exist in the cluster; the Service has another name or namespace",
  why: "Charts name Services after their release (RELEASE-loki, loki-gateway). A URL with the bare release name, another chart's default or without the namespace asks the cluster's DNS for a name nobody has registered, and gets NXDOMAIN for ever.",
  severity: "critical",
  component: "kubernetes",
  layer: "config",
  nature: "cause",
  effect: "none",
  needs: ["text.lines", "kubernetes.services"],
  uses: ["config.documents"],
  texts,
  rivals: [
    {
      rule: "kubernetes/service-without-endpoints",
      tellApart:
        "a headless Service without a Ready pod gives the same text, but then the Service of that name exists",
    },
    {
      rule: "coredns/down",
      tellApart: "with DNS down every name fails, with time-outs and not with `no such host`",
    },
  ],
  decideWith: "kubectl get svc -A | grep -i NAME",
  references: ["https://kubernetes.io/docs/concepts/services-networking/dns-pod-service/"],
  check({ "text.lines": lines, "kubernetes.services": services }, stack) {
    const found = new Map<string, FindingDraft>();
    for (const line of lines) {
      if (!matches(patterns, line)) continue;
      const host = readDialError(line.text)?.host?.toLowerCase();
      if (!host || /^[\d.]+$|:/.test(host) || found.has(host)) continue;
      const [name = "", namespace] = host.split(".");
      const isExternal =
        host.includes(".") &&
        !/\.svc(\.|$)|\.cluster\.local$/.test(host) &&
        !services.some((service) => service.namespace === namespace);
      if (isExternal) continue;
      const client = componentOfLine(stack, line);
      const wantedNamespace = namespace ?? client?.namespace;
      const exists = services.some(
        (service) =>
          service.name === name &&
          (!wantedNamespace || !service.namespace || service.namespace === wantedNamespace),
      );
      if (exists) continue;
      const elsewhere = services.find((service) => service.name === name);
      const kind =
        kindOfName(name) ??
        (/loki\/api/.test(line.text) ? "loki" : /api\/v1\/query/.test(line.text) ? "prometheus" : undefined);
      const similar =
        elsewhere ??
        services.find(
          (service) => service.name.endsWith(`-${name}`) || service.name.startsWith(`${name}-${kind}`),
        ) ??
        services.find((service) => kind && kindOfName(service.name) === kind);
      if (!similar) continue;
      const right = `${similar.name}${similar.namespace && similar.namespace !== client?.namespace ? `.${similar.namespace}` : ""}`;
      found.set(host, {
        subject: { kind: "link", id: `${client?.id ?? line.component ?? "client"} → ${host}` },
        ...(client ? { component: client.id } : {}),
        says: elsewhere
          ? `${host} does not exist: the Service ${name} is in namespace ${similar.namespace}, so the URL must name it (${right})`
          : `No Service is called ${name}; the one meant is ${right}: the URL of the client has the wrong Service name`,
        proof: [{ ...line.at, excerpt: line.text }, similar.at],
        certainty: "proven",
      });
    }
    return [...found.values()];
  },
  fix: (finding, facts, stack) =>
    repair(
      "Name the Service that there is in the client's URL",
      "disruptive",
      correctUrl(finding, facts, stack),
    ) ?? {
      summary: `Correct the URL: ${finding.says.match(/(?:meant is|name it \()\s*([\w.-]+)/)?.[1] ?? "use the Service's real name"} (http://SERVICE.NAMESPACE.svc.cluster.local:PORT)`,
      risk: "safe",
      steps: [{ do: "by-hand", title: "Change the client's URL and restart it" }],
    },
});

/** In the client's own files, whose URLs have exactly this host; port and path stay. */
function correctUrl(
  finding: FindingDraft,
  facts: { readonly "config.documents"?: Facts["config.documents"] },
  stack: Stack,
): readonly Step[] {
  const client = ownerOf(finding, stack);
  const [, host] = / → (\S+)$/.exec(finding.subject.id) ?? [];
  const [, right] = /(?:meant is|name it \()\s*([\w.-]+)/.exec(finding.says) ?? [];
  if (!client || host === undefined || right === undefined) return [];
  const steps = filesOf(facts)
    .filter((doc) => client.configs.includes(doc))
    .flatMap((doc) =>
      replaceValues(
        valuesIn(doc, (value) => typeof value === "string" && hostOfUrl(value)?.toLowerCase() === host),
        `Let ${client.name} ask ${right} instead of ${host}`,
        (value) => (String(value).includes("://") ? withHost(String(value), right) : undefined),
      ),
    );
  return steps.length === 0 ? [] : [...steps, ...readAgain(client)];
}

/** What stands between the scheme (and a login) and the port. */
function withHost(url: string, host: string): string {
  return url.replace(/^([a-z][a-z0-9+.-]{1,20}:\/\/(?:[^/@\s]{1,200}@)?)[^/:?#\s]{1,253}/i, `$1${host}`);
}
