// localhost in a webhook receiver is Alertmanager's own container.
import type { DockerContainer } from "../../../model/docker.ts";
import type { FindingDraft } from "../../../model/finding.ts";
import { compilePattern } from "../../../model/pattern.ts";
import type { Place } from "../../../model/place.ts";
import { defineRule } from "../../../model/rule.ts";
import type { Component } from "../../../model/stack.ts";
import { listAt, placeOf, textAt } from "../../../stack/config-value.ts";
import { isLoopback, parseAddress } from "../../../stack/resolve.ts";
import { byHand } from "../../by-hand.ts";
import {
  filesOf,
  ownerOf,
  readAgain,
  repair,
  replaceValues,
  serviceAt,
  valuesIn,
} from "../../change-configuration.ts";
import { matches } from "../../line-match.ts";

const texts = [
  "/webhook[{number#}]: notify retry…dial tcp 127.0.0.1:{port#}: connect: connection refused",
  "/webhook[{number#}]: notify retry…dial tcp [::1]:{port#}: connect: connection refused",
  "integration=webhook[{number#}]…dial tcp 127.0.0.1:{port#}: connect: connection refused",
  "integration=webhook[{number#}]…dial tcp [::1]:{port#}: connect: connection refused",
  'Post "http://localhost:{port#}{path*}dial tcp {address}: connect: connection refused',
  'Post "http://127.0.0.1:{port#}{path*}dial tcp {address}: connect: connection refused',
];
const patterns = texts.map(compilePattern);

export const rule = defineRule({
  id: "alertmanager/webhook-is-localhost",
  title:
    "An Alertmanager webhook points at localhost, which is Alertmanager's own container, where no receiver listens",
  why: "Alertmanager posts from its own network namespace. In a container localhost is that container; the bridge that should take the webhook (Teams, Telegram, ntfy, a script) runs in another one or on the host. The connection is refused and the notification is lost after the retries.",
  severity: "critical",
  component: "alertmanager",
  layer: "config",
  nature: "cause",
  effect: "no-data-out",
  needs: [],
  needsAny: ["text.lines", "config.documents"],
  uses: ["kubernetes.objects", "docker.containers"],
  texts,
  rivals: [
    {
      rule: "host/nothing-listens",
      tellApart:
        "in host network mode, or installed as a package, localhost is right and the bridge does not run",
      decideWith: "docker inspect -f '{{.HostConfig.NetworkMode}}' ALERTMANAGER; ss -ltnp",
    },
  ],
  decideWith:
    "docker inspect -f '{{.HostConfig.NetworkMode}}' ALERTMANAGER; docker ps --format '{{.Names}} {{.Ports}}'",
  references: ["https://prometheus.io/docs/alerting/latest/configuration/#webhook_config"],
  check({ "text.lines": lines }, stack) {
    return stack.components
      .filter(({ kind }) => kind === "alertmanager")
      .flatMap((component): FindingDraft[] => {
        const isContained = standsAlone(component);
        if (isContained === false) return [];
        const line = lines.findLast(
          (entry) => entry.component === "alertmanager" && matches(patterns, entry),
        );
        const local = component.configs.flatMap((doc) =>
          listAt(doc.value, "receivers").flatMap((receiver, i) =>
            listAt(receiver, "webhook_configs").flatMap((_hook, j) => {
              const path = ["receivers", i, "webhook_configs", j, "url"] as const;
              const url = textAt(doc.value, ...path);
              return url && isLoopback(parseAddress(url)?.host ?? "")
                ? [{ url, at: placeOf(doc, ...path) as Place }]
                : [];
            }),
          ),
        );
        const [first] = local;
        if (!line && !(first && isContained)) return [];
        const url =
          first?.url ??
          /https?:\/\/(?:localhost|127\.0\.0\.1)[^\s"\\]*/.exec(line?.text ?? "")?.[0] ??
          "localhost";
        return [
          {
            subject: {
              kind: "link",
              id: `${component.id} → ${parseAddress(url)?.host ?? url}:${parseAddress(url)?.port ?? ""}`,
            },
            component: component.id,
            says: `The webhook ${url} is Alertmanager's own container: nothing listens there; use the service name of the receiving program (http://SERVICE:PORT/…) or the host's address`,
            proof: [
              ...local.slice(0, 3).map(({ at }) => at),
              ...(line ? [{ ...line.at, excerpt: line.text }] : []),
            ],
            certainty: isContained && line ? "proven" : "likely",
          },
        ];
      });
  },
  fix: (finding, facts, stack) =>
    repair("Name the receiving service in the webhook's URL", "safe", [
      ...filesOf(facts, "alertmanager").flatMap((doc) =>
        replaceValues(
          valuesIn(
            doc,
            (value, path) =>
              path.includes("webhook_configs") && path.at(-1) === "url" && typeof value === "string",
          ),
          "Name the service instead of localhost",
          (value) => elsewhere(String(value), facts["docker.containers"]),
        ),
      ),
      ...readAgain(ownerOf(finding, stack)),
    ]) ??
    byHand(
      `Name the receiving service instead of localhost in webhook_configs (${/webhook (\S+)/.exec(finding.says)?.[1] ?? "url"}); a program on the host itself: host.docker.internal with extra_hosts: ["host.docker.internal:host-gateway"]`,
      "In alertmanager.yml, then reload Alertmanager",
      undefined,
      "safe",
    ),
});

/** In a container with a network of its own; undefined when not shown. */
function standsAlone({ docker, pods, workload }: Component): boolean | undefined {
  if (docker) {
    const mode = docker.networkMode;
    if (mode === "host" || mode?.startsWith("container:") || mode?.startsWith("service:")) return false;
    return mode !== undefined || (docker.networks?.length ?? 0) > 0 ? true : undefined;
  }
  const specs = [...pods.map(({ spec }) => spec), workload?.spec].filter((spec) => spec !== undefined);
  if (specs.some((spec) => spec.hostNetwork)) return false;
  // sidecars share localhost
  return specs[0]?.containers?.length === 1 ? true : undefined;
}

/** The same URL with the name of the one container that serves its port. */
function elsewhere(url: string, containers: readonly DockerContainer[]): string | undefined {
  const { host, port } = parseAddress(url) ?? {};
  if (host === undefined || port === undefined || !isLoopback(host)) return undefined;
  const service = serviceAt(port, containers, undefined);
  return service && url.replace(/^(https?:\/\/)[^/]+/, `$1${service}`);
}
