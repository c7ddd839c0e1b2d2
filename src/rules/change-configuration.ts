// Changes of configuration files as fixes: wherever the wrong value stands (file, ConfigMap, compose file), the smallest edit.
import type { ConfigDocument, ConfigKind } from "../model/config.ts";
import type { DockerContainer } from "../model/docker.ts";
import type { Facts } from "../model/facts.ts";
import type { FindingDraft, Fix } from "../model/finding.ts";
import { isRecord } from "../model/json-value.ts";
import type { DocumentEdit, Risk, Step } from "../model/plan.ts";
import type { Component, Stack } from "../model/stack.ts";
import { placeOf } from "../stack/config-value.ts";
import type { Path } from "../stack/setting.ts";

export interface FoundValue {
  readonly doc: ConfigDocument;
  readonly path: Path;
  readonly value: unknown;
}

type Documents = { readonly "config.documents"?: Facts["config.documents"] };

/** Documents of files that can be edited, of the kinds asked for. */
export function filesOf(facts: Documents, ...kinds: readonly ConfigKind[]): readonly ConfigDocument[] {
  return (facts["config.documents"] ?? []).filter(
    (doc) =>
      doc.origin === "file" &&
      !doc.inPost &&
      doc.value !== undefined &&
      (kinds.length === 0 || kinds.includes(doc.kind)),
  );
}

const mostNodes = 20_000;

/** Every value below the root for which `test` holds; values inside a hit are not looked at. */
export function valuesIn(
  doc: ConfigDocument,
  test: (value: unknown, path: Path) => boolean,
): readonly FoundValue[] {
  const found: FoundValue[] = [];
  const queue: { readonly path: Path; readonly value: unknown }[] = [{ path: [], value: doc.value }];
  for (let at = 0; at < queue.length && at < mostNodes; at++) {
    const node = queue[at];
    if (!node) break;
    const { path, value } = node;
    if (path.length > 0 && test(value, path)) found.push({ doc, path, value });
    else if (Array.isArray(value))
      for (const [i, item] of value.entries()) queue.push({ path: [...path, i], value: item });
    else if (isRecord(value))
      for (const [key, item] of Object.entries(value)) queue.push({ path: [...path, key], value: item });
  }
  return found;
}

/** Does one of the finding's proofs quote the line of this value? */
export function isQuoted({ doc, path }: FoundValue, { proof }: FindingDraft): boolean {
  const at = placeOf(doc, ...path);
  return proof.some(({ source, line }) => source === at.source && line === at.line);
}

/** One step per document. */
export function editStep(doc: ConfigDocument, title: string, edits: readonly DocumentEdit[]): Step {
  return {
    do: "edit-document",
    title,
    file: doc.at,
    ...(doc.embeddedIn ? { embeddedKey: doc.embeddedIn.key } : {}),
    edits,
  };
}

/** Replaces each value by what `to` makes of it; what `to` leaves out stays. */
export function replaceValues(
  found: readonly FoundValue[],
  title: string,
  to: (value: unknown, path: Path) => unknown,
): readonly Step[] {
  const byDocument = new Map<ConfigDocument, DocumentEdit[]>();
  for (const { doc, path, value } of found) {
    const fresh = to(value, path);
    if (fresh === undefined || fresh === value) continue;
    const edits = byDocument.get(doc) ?? [];
    edits.push({ op: "replace", path, value: fresh, expect: value });
    byDocument.set(doc, edits);
  }
  return [...byDocument].map(([doc, edits]) => editStep(doc, title, edits));
}

/** The fix, when one of its steps changes something; else what is left to a person has to do. */
export function repair(summary: string, risk: Risk, steps: readonly Step[]): Fix | undefined {
  return steps.some((step) => step.do !== "by-hand" && step.do !== "restart" && step.do !== "reload")
    ? { summary, risk, steps }
    : undefined;
}

/** The component a finding is about. */
export function ownerOf({ component, subject }: FindingDraft, stack: Stack): Component | undefined {
  const id = component ?? subject.id;
  return (
    stack.components.find((one) => one.id === id) ??
    stack.components.find((one) => one.docker?.name === id || one.docker?.declared?.name === id)
  );
}

/** Programs that read their files again without a restart. */
const reloading: ReadonlySet<string> = new Set(["prometheus", "alertmanager", "blackbox-exporter", "alloy"]);

/** What makes a component read its files again, where it is known how it runs. */
export function readAgain(component: Component | undefined): readonly Step[] {
  if (!component) return [];
  const { name, namespace, host, docker, workload, pods } = component;
  const title = `Let ${name} read the change`;
  const how = reloading.has(component.kind)
    ? ({ do: "reload", component: component.kind } as const)
    : ({ do: "restart" } as const);
  if (workload || pods.length > 0)
    return [
      {
        ...how,
        title,
        what: {
          kind: "workload",
          ...(namespace === undefined ? {} : { namespace }),
          name: workload?.name ?? pods[0]?.ownerName ?? name,
        },
      },
    ];
  if (docker?.origin === "running")
    return [
      {
        ...how,
        title,
        what: { kind: "container", ...(host === undefined ? {} : { host }), name: docker.name },
      },
    ];
  const service = docker?.service;
  return service === undefined
    ? []
    : [{ do: "by-hand", title: `Let ${name} read the change`, command: `docker compose restart ${service}` }];
}

/** The one container that serves this port, as its neighbours in the same compose project call it. */
export function serviceAt(
  port: number,
  containers: readonly DockerContainer[],
  except: string | undefined,
): string | undefined {
  const serving = containers.filter(
    (one) =>
      one.origin === "declared" &&
      one.name !== except &&
      (one.ports?.some(({ containerPort }) => containerPort === port) ||
        defaultPorts[one.image?.split("/").at(-1)?.split(/[:@]/)[0] ?? ""] === port),
  );
  const [only, other] = serving;
  return only && !other && only.networkMode !== "host" ? `${only.service ?? only.name}:${port}` : undefined;
}

/** What the usual images listen on. */
const defaultPorts: Readonly<Record<string, number>> = {
  prometheus: 9090,
  alertmanager: 9093,
  loki: 3100,
  grafana: 3000,
  "node-exporter": 9100,
  cadvisor: 8080,
  "blackbox-exporter": 9115,
};
