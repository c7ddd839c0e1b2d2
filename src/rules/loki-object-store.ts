// The object store of a Loki as its configuration or chart values name it; shared by the rules about refused stores.
import type { ConfigDocument } from "../model/config.ts";
import type { Facts } from "../model/facts.ts";
import { isRecord } from "../model/json-value.ts";
import type { Place } from "../model/place.ts";
import type { Component } from "../model/stack.ts";
import { placeOf, textAt, valueAt } from "../stack/config-value.ts";
import { isAtLeast } from "../stack/semver.ts";
import type { Path } from "../stack/setting.ts";

export interface S3Settings {
  readonly doc: ConfigDocument;
  readonly path: Path;
  readonly at: Place;
  readonly endpoint?: string;
  readonly endpointAt?: Place;
  readonly hasKeys: boolean;
  readonly insecure?: boolean;
  readonly pathStyle?: boolean;
  readonly bucket?: string;
}

const inConfig: readonly Path[] = [
  ["common", "storage", "s3"],
  ["storage_config", "aws"],
  ["storage_config", "s3"],
];
const inValues: readonly Path[] = [
  ["loki", "storage", "s3"],
  ["loki", "loki", "storage", "s3"],
];

type Needed = Pick<Facts, "config.documents">;

/** Every S3 block, of files of Loki and of the chart's values. */
export function s3Settings(facts: Needed): readonly S3Settings[] {
  return facts["config.documents"].flatMap((doc) => {
    const paths = doc.kind === "loki" ? inConfig : doc.kind === "helm-values" ? inValues : [];
    return paths.flatMap((path) => {
      const block = valueAt(doc.value, ...path);
      return isRecord(block) && Object.values(block).some((value) => value !== null && value !== "")
        ? [read(doc, path)]
        : [];
    });
  });
}

function read(doc: ConfigDocument, path: Path): S3Settings {
  const text = (...keys: readonly string[]) =>
    keys.map((key) => textAt(doc.value, ...path, key)).find((found) => found !== undefined && found !== "");
  const url = text("s3");
  const endpoint = text("endpoint") ?? (url ? /@([^/]{1,200})/.exec(url)?.[1] : undefined);
  const insecure = text("insecure");
  const pathStyle = text("s3forcepathstyle", "s3ForcePathStyle");
  const bucket = text("bucketnames", "bucket_name");
  return {
    doc,
    path,
    at: placeOf(doc, ...path),
    hasKeys:
      text("access_key_id", "accessKeyId") !== undefined ||
      (url !== undefined && /:\/\/[^@/]+:[^@/]*@/.test(url)),
    ...(endpoint
      ? { endpoint, endpointAt: placeOf(doc, ...path, text("endpoint") ? "endpoint" : "s3") }
      : {}),
    ...(insecure ? { insecure: /^true$/i.test(insecure) } : {}),
    ...(pathStyle ? { pathStyle: /^true$/i.test(pathStyle) } : {}),
    ...(bucket ? { bucket } : {}),
  };
}

export function isAws(endpoint: string): boolean {
  return /amazonaws\.com(?:\.cn)?(?::\d+)?\/?$/.test(endpoint) || /^[a-z]{2}(?:-[a-z]+)+-\d$/.test(endpoint);
}

/**
 * Chart 6.46.0 changed the default name of the service account from the chart's name (`loki`) to the release's full name.
 * Cloud roles are bound to the old name.
 */
export function renamedAccount(
  component: Component | undefined,
  facts: Pick<Facts, "config.documents" | "host.versions" | "kubernetes.pods">,
): { readonly version: string; readonly before?: string; readonly at: Place } | undefined {
  const isNamed = facts["config.documents"].some(
    (doc) =>
      doc.kind === "helm-values" &&
      [["serviceAccount"], ["loki", "serviceAccount"]].some((path) => textAt(doc.value, ...path, "name")),
  );
  if (isNamed) return undefined;
  const stated = facts["host.versions"].find(
    ({ of, version, before }) =>
      // "upgraded loki from 6.40.0 to 6.46.0" can only mean the chart: the program is at 3.x.
      /^(?:chart:)?loki$/.test(of) &&
      isAtLeast(version, "6.46.0") === true &&
      (before === undefined || isAtLeast(before, "6.46.0") === false),
  );
  if (stated) return stated;
  const pods = component?.pods ?? facts["kubernetes.pods"];
  for (const pod of pods) {
    const version = /^loki-(\d+\.\d+\.\d+)$/.exec(pod.labels?.["helm.sh/chart"] ?? "")?.[1];
    if (version && isAtLeast(version, "6.46.0") && /.-loki$/.test(pod.spec?.serviceAccount ?? ""))
      return { version, at: pod.at };
  }
  return undefined;
}

export interface BucketName {
  readonly name: string;
  readonly at: Place;
}

/** Every bucket name of S3 that Loki's files and the chart's values give; Azure and GCS name theirs elsewhere. */
export function bucketNames(facts: Needed): readonly BucketName[] {
  return facts["config.documents"].flatMap((doc) => {
    const paths: readonly Path[] =
      doc.kind === "loki"
        ? inConfig.flatMap((path) => [
            [...path, "bucketnames"],
            [...path, "bucket_name"],
          ])
        : doc.kind === "helm-values"
          ? [["loki"], ["loki", "loki"]].flatMap((base) =>
              ["chunks", "ruler", "admin"].map((use) => [...base, "storage", "bucketNames", use]),
            )
          : [];
    return paths.flatMap((path): BucketName[] => {
      const name = textAt(doc.value, ...path);
      return name ? [{ name, at: placeOf(doc, ...path) }] : [];
    });
  });
}

/** A bucket's name can hold no slash; `bucket/folder` is what people write who want a prefix. */
export function bucketWithPath(facts: Needed): BucketName | undefined {
  return bucketNames(facts).find(({ name }) => /^[\w.-]+\/[\w./-]+$/.test(name));
}
