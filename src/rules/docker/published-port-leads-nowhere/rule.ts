// `9400:9400` beside a program that listens on 3100: the published port ends where nobody listens.

import type { ConfigDocument } from "../../../model/config.ts";
import type { DockerContainer, PublishedPort } from "../../../model/docker.ts";
import type { Facts } from "../../../model/facts.ts";
import type { FindingDraft } from "../../../model/finding.ts";
import type { Place } from "../../../model/place.ts";
import type { DocumentEdit } from "../../../model/plan.ts";
import { defineRule } from "../../../model/rule.ts";
import type { Component, Stack } from "../../../model/stack.ts";
import { listAt, textAt } from "../../../stack/config-value.ts";
import { readLokiConfig } from "../../../stack/loki-config.ts";
import { readPromtailConfig } from "../../../stack/promtail-config.ts";
import { byHand } from "../../by-hand.ts";
import { ownerOf, repair } from "../../change-configuration.ts";
import { changeService, servicesOf } from "../../change-container.ts";

/** Ports a program listens on inside its container. */
interface Listens {
  readonly http: number;
  /** Other ports that may be published with good reason. */
  readonly others: readonly number[];
  /** Where the number stands; missing where it is the program's default. */
  readonly at?: Place;
}

const defaults: Partial<Record<Component["kind"], number>> = {
  prometheus: 9090,
  alertmanager: 9093,
  grafana: 3000,
  "node-exporter": 9100,
  cadvisor: 8080,
  "blackbox-exporter": 9115,
  pushgateway: 9091,
  alloy: 12345,
};

export const rule = defineRule({
  id: "docker/published-port-leads-nowhere",
  title: "A container port is published on which the program inside does not listen",
  why: "`HOST:CONTAINER` forwards to the container's port, whatever listens there. When the program listens on another one, Docker accepts the connection and closes it (connection reset by peer, empty reply), or refuses it. Usual after the port was changed in only one of configuration and compose file, or when the host's number was written on both sides.",
  severity: "critical",
  component: "docker",
  layer: "network",
  nature: "cause",
  effect: "unreachable",
  phase: "run",
  needs: ["docker.containers"],
  uses: ["kubernetes.objects", "config.documents", "host.dials"],
  rivals: [
    {
      rule: "docker/port-not-published",
      tellApart: "there the port the program listens on is not published at all",
    },
    {
      rule: "alloy/listens-on-loopback",
      tellApart: "there the number is right and the address is 127.0.0.1",
    },
  ],
  decideWith:
    "docker exec CONTAINER netstat -ltn; docker port CONTAINER; docker logs CONTAINER | grep -i listen",
  references: ["https://docs.docker.com/engine/network/port-publishing/"],
  check(facts, stack) {
    return stack.components.flatMap((component): FindingDraft[] => {
      const container = component.docker;
      if (!container || /^(?:host|none|container:|service:)/.test(container.networkMode ?? "")) return [];
      const mapped = (container.ports ?? []).filter(
        (port) => port.hostPort !== undefined && port.protocol === "tcp",
      );
      const listens = mapped.length > 0 ? listensOn(component, container, facts, stack) : undefined;
      if (!listens) return [];
      const known = [listens.http, ...listens.others];
      const lost = mapped.find((port) => !known.includes(port.containerPort));
      if (!lost || mapped.some((port) => port.containerPort === listens.http)) return [];
      return [draft(component, container, lost, listens, facts)];
    });
  },
  fix(finding, facts, stack) {
    const repaired = repair(
      "Publish the port the program listens on",
      "disruptive",
      servicesOf(ownerOf(finding, stack)?.docker, facts).flatMap((service) =>
        changeService(
          service,
          "Lead the port to where it is answered",
          portEdits(service.value, finding.says),
        ),
      ),
    );
    if (repaired) return repaired;
    const [, host, inner] = /:(\d+) leads .* listens on (\d+)/.exec(finding.says) ?? [];
    return byHand(
      `Publish the port the program listens on, ports: ["${host ?? "HOST"}:${inner ?? "PORT"}"], and recreate the container`,
      "In the compose file, then docker compose up -d",
    );
  },
});

function draft(
  component: Component,
  container: DockerContainer,
  lost: PublishedPort,
  listens: Listens,
  facts: Pick<Facts, "host.dials">,
): FindingDraft {
  const dial = facts["host.dials"].find(
    (entry) =>
      entry.targetPort === lost.hostPort && /refused|reset|empty-reply|other-error/.test(entry.outcome),
  );
  return {
    subject: { kind: "component", id: component.id },
    component: component.id,
    says: `${container.name}: published port ${lost.hostIP ?? ""}:${lost.hostPort} leads to container port ${lost.containerPort}, but ${component.kind} listens on ${listens.http}${listens.at ? "" : " (its default)"}`,
    proof: [lost.at, ...(listens.at ? [listens.at] : []), ...(dial ? [dial.at] : [])],
    certainty: listens.at || dial ? "proven" : "likely",
    concerns: [component.id, container.name, ...(dial?.targetHost ? [dial.targetHost.toLowerCase()] : [])],
    ...(dial?.timeMs === undefined ? {} : { timeMs: dial.timeMs }),
  };
}

function listensOn(
  component: Component,
  container: DockerContainer,
  facts: Pick<Facts, "config.documents">,
  stack: Stack,
): Listens | undefined {
  if (component.kind === "loki" || component.kind === "promtail") {
    const doc = configOf(component, facts, stack);
    if (!doc) return undefined;
    const read = component.kind === "loki" ? readLokiConfig(doc) : readPromtailConfig(doc);
    // Promtail's own default differs between its versions and its images
    if (read.httpPort.at === undefined && (component.kind === "promtail" || doc.fragment)) return undefined;
    const others = [read.grpcPort.value, 7946];
    return { http: read.httpPort.value, others, ...(read.httpPort.at ? { at: read.httpPort.at } : {}) };
  }
  const own = fromArguments(component, container) ?? fromEnvironment(component, container);
  if (own) return own;
  const fallback = defaults[component.kind];
  // a command that nobody shows may set another port; the default of an image holds where the whole service is shown
  const isShown =
    container.origin === "declared" || container.declared !== undefined || container.args !== undefined;
  return fallback !== undefined && isShown && !isConfigured(component, container)
    ? { http: fallback, others: component.kind === "alertmanager" ? [9094] : [] }
    : undefined;
}

function configOf(
  component: Component,
  facts: Pick<Facts, "config.documents">,
  stack: Stack,
): ConfigDocument | undefined {
  const own = component.configs.find(({ kind, value }) => kind === component.kind && value !== undefined);
  const all = facts["config.documents"].filter(
    ({ kind, value, template }) => kind === component.kind && value !== undefined && !template,
  );
  const isAlone = stack.components.filter(({ kind }) => kind === component.kind).length === 1;
  return own ?? (isAlone && all.length === 1 ? all[0] : undefined);
}

const portFlag = /^-{1,2}(?:web\.listen-address|server\.http\.listen-addr|port)(?:=|$)/;

function fromArguments(component: Component, container: DockerContainer): Listens | undefined {
  const words = container.args ?? [];
  for (const [index, word] of words.entries()) {
    if (!portFlag.test(word)) continue;
    const value = word.includes("=") ? word.slice(word.indexOf("=") + 1) : (words[index + 1] ?? "");
    const port = Number(/(?:^|:)(\d{1,5})$/.exec(value)?.[1]);
    if (!(port > 0)) return undefined;
    const at = component.args.find(({ text }) => text === word)?.at ?? container.argsAt ?? container.at;
    return { http: port, others: [], at };
  }
  return undefined;
}

function fromEnvironment(component: Component, container: DockerContainer): Listens | undefined {
  if (component.kind !== "grafana") return undefined;
  const entry = container.env?.find(({ name }) => name === "GF_SERVER_HTTP_PORT");
  const port = Number(entry?.value);
  return entry && port > 0 ? { http: port, others: [], at: entry.at } : undefined;
}

/** The port may stand in a file that is not here. */
function isConfigured(component: Component, container: DockerContainer): boolean {
  if (
    container.entrypoint !== undefined ||
    container.env?.some(({ name }) => /_(?:ADDRESS|PORT)$/.test(name))
  )
    return true;
  if (component.kind === "grafana")
    return container.mounts?.some(({ target }) => /^\/etc\/grafana(?:\/grafana\.ini)?$/.test(target)) ?? true;
  return component.args.some(({ text }) => portFlag.test(text));
}

function portEdits(body: unknown, says: string): readonly DocumentEdit[] {
  const [, host, wrong, right] = /:(\d+) leads to container port (\d+), .* listens on (\d+)/.exec(says) ?? [];
  if (right === undefined) return [];
  return listAt(body, "ports").flatMap((port, i): DocumentEdit[] => {
    if (typeof port !== "string")
      return textAt(port, "target") === wrong && textAt(port, "published") === host
        ? [{ op: "replace", path: ["ports", i, "target"], value: Number(right) }]
        : [];
    const fresh = port.replace(new RegExp(`(^|:)${host}:${wrong}(/tcp)?$`), `$1${host}:${right}$2`);
    return fresh === port ? [] : [{ op: "replace", path: ["ports", i], value: fresh, expect: port }];
  });
}
