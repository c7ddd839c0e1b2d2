// Changes of a container as fixes: its service in the compose file, its pod template, and the running container made again.
import type { ConfigDocument } from "../model/config.ts";
import type { DockerContainer } from "../model/docker.ts";
import type { Facts } from "../model/facts.ts";
import { isRecord } from "../model/json-value.ts";
import type { KubernetesObject } from "../model/kubernetes.ts";
import type { DocumentEdit, Step } from "../model/plan.ts";
import type { Component } from "../model/stack.ts";
import { valueAt } from "../stack/config-value.ts";
import type { Path } from "../stack/setting.ts";
import { editStep } from "./change-configuration.ts";
import { changeObject, containerAt } from "./change-object.ts";
import { commandAt, remakeWithArguments } from "./change-running.ts";

export interface ContainerFacts {
  readonly "config.documents"?: Facts["config.documents"];
  readonly "kubernetes.objects"?: readonly KubernetesObject[];
}

export interface ComposeService {
  readonly doc: ConfigDocument;
  readonly path: Path;
  readonly key: string;
  readonly value: Readonly<Record<string, unknown>>;
}

/** The services of compose files that describe this container. */
export function servicesOf(
  container: DockerContainer | undefined,
  facts: ContainerFacts,
): readonly ComposeService[] {
  const declared = container?.origin === "declared" ? container : container?.declared;
  if (!declared) return [];
  return (facts["config.documents"] ?? []).flatMap((doc) => {
    if (doc.kind !== "compose" || doc.origin !== "file" || doc.inPost || doc.at.source !== declared.at.source)
      return [];
    return servicesIn(doc).filter(
      ({ key, value }) => key === declared.service || value.container_name === declared.name,
    );
  });
}

export function servicesIn(doc: ConfigDocument): readonly ComposeService[] {
  const isWhole = isRecord(valueAt(doc.value, "services"));
  const base: Path = isWhole ? ["services"] : [];
  const all = valueAt(doc.value, ...base);
  if (!isRecord(all)) return [];
  return Object.entries(all).flatMap(([key, value]) =>
    isRecord(value) ? [{ doc, path: [...base, key], key, value }] : [],
  );
}

/** Edits of the service, with what brings them in. */
export function changeService(
  { doc, path, key }: ComposeService,
  title: string,
  edits: readonly DocumentEdit[],
): readonly Step[] {
  if (edits.length === 0) return [];
  return [
    editStep(
      doc,
      title,
      edits.map((edit) => ({ ...edit, path: [...path, ...edit.path] })),
    ),
    upStep(key),
  ];
}

export function upStep(service: string): Step {
  return {
    do: "by-hand",
    title: `Where the stack runs by compose: make ${service} again from the file`,
    command: `docker compose up -d ${service}`,
  };
}

export interface ArgumentChange {
  /** Arguments this is about; each is given to `to`. */
  readonly is?: (word: string) => boolean;
  /** The argument as it should be; undefined takes it away. */
  readonly to?: (word: string) => string | undefined;
  /** Added when no argument begins so. */
  readonly add?: readonly string[];
  /** The image has no arguments of its own that a list of ours would replace. */
  readonly mayBegin?: boolean;
}

/** Start arguments, wherever they are written: compose, pod template, and the running container. */
export function changeArguments(
  component: Component | undefined,
  facts: ContainerFacts,
  title: string,
  change: ArgumentChange,
): readonly Step[] {
  if (!component) return [];
  const running = remakeWithArguments(component.docker, title, (settings) =>
    argumentEdits(settings, commandAt, change),
  );
  const inCompose = servicesOf(component.docker, facts).flatMap((service) =>
    changeService(service, title, argumentEdits(service.value, ["command"], change)),
  );
  const { workload, container } = component;
  const inCluster = workload
    ? changeObject(facts, workload, title, (value) => {
        const at = containerAt(value, container?.name);
        return at ? argumentEdits(valueAt(value, ...at), ["args"], change).map(below(at)) : [];
      })
    : [];
  return [...running, ...inCompose, ...inCluster];
}

export function below(base: Path): (edit: DocumentEdit) => DocumentEdit {
  return (edit) => ({ ...edit, path: [...base, ...edit.path] });
}

/** Edits of the list (or the one line) of arguments at `at`. */
export function argumentEdits(body: unknown, at: Path, change: ArgumentChange): readonly DocumentEdit[] {
  const stands = valueAt(body, ...at);
  if (typeof stands === "string") return lineEdits(stands, at, change);
  const items: readonly unknown[] = Array.isArray(stands) ? stands : [];
  const words = items.map(String);
  const replaced = words.flatMap((word, i): DocumentEdit[] => {
    if (!change.is?.(word)) return [];
    const fresh = change.to?.(word);
    if (fresh === word) return [];
    return fresh === undefined
      ? [{ op: "remove", path: [...at, i], expect: items[i] }]
      : [{ op: "replace", path: [...at, i], value: fresh, expect: items[i] }];
  });
  const missing = (change.add ?? []).filter((word) => !words.some((one) => nameOf(one) === nameOf(word)));
  if (missing.length > 0 && stands === undefined)
    return change.mayBegin ? [{ op: "set", path: at, value: [...missing] }] : [];
  return [
    // From behind, so that earlier items keep their places.
    ...replaced.reverse(),
    ...missing.map((value): DocumentEdit => ({ op: "append", path: at, value })),
  ];
}

function lineEdits(line: string, at: Path, change: ArgumentChange): readonly DocumentEdit[] {
  // Quotes and substitutions are a shell's business; such a line is left to a person.
  if (/["'`$\\\n]/.test(line)) return [];
  const words = line.split(/ +/).flatMap((word) => {
    if (!change.is?.(word)) return [word];
    const fresh = change.to?.(word);
    return fresh === undefined ? [] : [fresh];
  });
  const missing = (change.add ?? []).filter((word) => !words.some((one) => nameOf(one) === nameOf(word)));
  const fresh = [...words, ...missing].join(" ");
  return fresh === line ? [] : [{ op: "replace", path: at, value: fresh, expect: line }];
}

function nameOf(word: string): string {
  return word.split("=")[0] ?? word;
}

/** A check that can never succeed is taken away, and nobody waits for it any more. */
export function dropHealthcheck(service: ComposeService): readonly Step[] {
  if (service.value.healthcheck === undefined) return [];
  const title = `Take the health check of ${service.key} away`;
  const waiting = servicesIn(service.doc).flatMap(({ path, value }): DocumentEdit[] =>
    valueAt(value, "depends_on", service.key, "condition") === "service_healthy"
      ? [
          {
            op: "replace",
            path: [...path, "depends_on", service.key, "condition"],
            value: "service_started",
            expect: "service_healthy",
          },
        ]
      : [],
  );
  return [
    editStep(service.doc, title, [{ op: "remove", path: [...service.path, "healthcheck"] }, ...waiting]),
    upStep(service.key),
  ];
}

/** The same image at another tag. */
export function withTag(image: string | undefined, tag: string): string | undefined {
  if (!image || image.includes("@")) return undefined;
  const colon = image.indexOf(":", image.lastIndexOf("/"));
  return `${colon < 0 ? image : image.slice(0, colon)}:${tag}`;
}

/** Another image of the same program, in compose file and pod template. */
export function changeImage(
  component: Component | undefined,
  facts: ContainerFacts,
  image: string | undefined,
): readonly Step[] {
  if (!component || image === undefined) return [];
  const title = `Run ${image}`;
  const inCompose = servicesOf(component.docker, facts).flatMap((service) =>
    typeof service.value.image === "string" && service.value.image !== image
      ? changeService(service, title, [
          { op: "replace", path: ["image"], value: image, expect: service.value.image },
        ])
      : [],
  );
  const { workload, container } = component;
  const inCluster = workload
    ? changeObject(facts, workload, title, (value) => {
        const at = containerAt(value, container?.name);
        const stands = at ? valueAt(value, ...at, "image") : undefined;
        return at && typeof stands === "string" && stands !== image
          ? [{ op: "replace", path: [...at, "image"], value: image, expect: stands }]
          : [];
      })
    : [];
  return [...inCompose, ...inCluster];
}
