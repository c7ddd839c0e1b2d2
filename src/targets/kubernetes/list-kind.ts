// One kind, listed in chunks of one consistent state, and written down as `kubectl get -o json` writes it.
import type { CollectedItem, Missing } from "../../model/collected.ts";
import type { ApiAnswer } from "../../model/door.ts";
import { isRecord, itemsOf, textOf, valueAt } from "../../model/json-value.ts";
import { canListCommand, listCommand, listPath, type ReadKind } from "./kinds.ts";
import type { Reader } from "./patient-door.ts";
import { whyNot } from "./why-not.ts";

/** Larger lists become several items, so that no single text is too large to be parsed. */
const partBytes = 24 * 1024 * 1024;
/** Of one kind. A cluster with more of it is read namespace by namespace. */
const kindBytes = 384 * 1024 * 1024;
/** Objects per request; fewer where 500 of them are larger than an answer may be. */
const chunkSizes = [500, 50, 5] as const;

export async function* listKind(
  kind: ReadKind,
  namespace: string | undefined,
  reader: Reader,
): AsyncGenerator<CollectedItem> {
  const command = listCommand(kind, namespace);
  const startedAt = performance.now();
  const { parts, missing } = await readList(kind, namespace, reader);
  const about = { how: "kubernetes-api", command, durationMs: Math.round(performance.now() - startedAt) };
  for (const [i, body] of parts.entries()) {
    const locator = i === 0 ? command : `${command} (part ${i + 1})`;
    yield { ...about, locator, body };
  }
  if (missing) yield { ...about, locator: parts.length > 0 ? `${command} (rest)` : command, body: missing };
}

interface Listed {
  readonly parts: readonly Uint8Array[];
  /** Why there is nothing, or why the rest is missing. */
  readonly missing?: Missing;
}

async function readList(kind: ReadKind, namespace: string | undefined, reader: Reader): Promise<Listed> {
  const [preferred = "v1", ...older] = kind.versions;
  for (const version of [preferred, ...older]) {
    let listed = await readChunks(kind, version, namespace, reader);
    // 410 Gone: the state the list was begun on is no longer kept. Once more from the start.
    if (listed === "expired") listed = await readChunks(kind, version, namespace, reader);
    if (listed === "expired") return { parts: [], missing: expired(kind, namespace) };
    if (listed !== "unknown") return listed;
  }
  if (kind.optional) return { parts: [] };
  return {
    parts: [],
    missing: {
      because: "absent",
      detail: `this API server has no ${kind.resource} (${kind.versions.map((version) => groupVersion(kind, version)).join(", ")})`,
      decideWith: "kubectl api-resources",
    },
  };
}

async function readChunks(
  kind: ReadKind,
  version: string,
  namespace: string | undefined,
  reader: Reader,
): Promise<Listed | "expired" | "unknown"> {
  const list = newListText(kind, groupVersion(kind, version));
  const asked = { canI: canListCommand(kind, namespace), byHand: listCommand(kind, namespace) };
  // What was not read must not look like an empty list.
  const stop = (missing: Missing): Listed => ({ parts: list.isEmpty() ? [] : list.end(), missing });
  let size = 0;
  let token = "";
  while (true) {
    const path = `${listPath(kind, version, namespace)}?limit=${chunkSizes[size]}${token === "" ? "" : `&continue=${encodeURIComponent(token)}`}`;
    const answer = await reader.get(path);
    if (answer.truncated && size + 1 < chunkSizes.length) {
      size += 1;
      continue;
    }
    if (answer.status === 410) return "expired";
    if (answer.status === 404 && list.isEmpty()) return "unknown";
    const missing = whyNot(answer, asked);
    if (missing) return stop(withNamespaceHint(missing, answer, kind, namespace));
    const chunk = parseChunk(answer);
    if (!chunk)
      return stop({
        because: "unparseable",
        detail: "the answer is no complete JSON list",
        decideWith: asked.byHand,
      });
    list.add(chunk.items);
    if (list.bytes() > kindBytes)
      return stop({
        because: "too-large",
        detail: `more than ${kindBytes / 1_048_576} MiB of ${kind.resource}`,
        decideWith: `${asked.byHand.replace(" -A", " -n NAMESPACE")}`,
      });
    if (chunk.token === "") return { parts: list.end() };
    token = chunk.token;
  }
}

function parseChunk({ body }: ApiAnswer): { items: readonly unknown[]; token: string } | undefined {
  try {
    const value: unknown = JSON.parse(Buffer.from(body).toString("utf8"));
    if (!isRecord(value) || !("items" in value)) return undefined;
    return { items: itemsOf(value.items), token: textOf(valueAt(value, "metadata", "continue")) ?? "" };
  } catch {
    return undefined;
  }
}

/**
 * The text grows object by object; the parsed chunk is let go at once. Left out is `managedFields`, as kubectl itself
 * leaves it out: it is the API server's own book-keeping about field owners, says nothing about the object, and is often half of it.
 */
function newListText(kind: ReadKind, apiVersion: string) {
  const parts: Uint8Array[] = [];
  let texts: string[] = [];
  let size = 0;
  let total = 0;
  const flush = (): void => {
    const items = texts.length === 0 ? "[]" : `[\n${texts.join(",\n")}\n  ]`;
    parts.push(
      Buffer.from(
        `{\n  "apiVersion": "v1",\n  "items": ${items},\n  "kind": "List",\n  "metadata": {\n    "resourceVersion": ""\n  }\n}\n`,
      ),
    );
    texts = [];
    size = 0;
  };
  return {
    add(items: readonly unknown[]): void {
      for (const item of items) {
        if (!isRecord(item)) continue;
        const text = indented(JSON.stringify(asPrinted(item, kind.kind, apiVersion), null, 2));
        texts.push(text);
        size += text.length;
        total += text.length;
        if (size > partBytes) flush();
      }
    },
    isEmpty: () => parts.length === 0 && texts.length === 0,
    bytes: () => total,
    /** An empty list is a text, too: it says that there is none. */
    end(): readonly Uint8Array[] {
      if (texts.length > 0 || parts.length === 0) flush();
      return parts;
    },
  };
}

function asPrinted(item: Readonly<Record<string, unknown>>, kind: string, apiVersion: string): unknown {
  const { metadata, ...rest } = item;
  const { managedFields: _managedFields, ...kept } = isRecord(metadata) ? metadata : {};
  return { apiVersion, kind, metadata: kept, ...rest };
}

function indented(text: string): string {
  return `    ${text.replaceAll("\n", "\n    ")}`;
}

function groupVersion({ group }: ReadKind, version: string): string {
  return group === "" ? version : `${group}/${version}`;
}

function withNamespaceHint(
  missing: Missing,
  { status }: ApiAnswer,
  { namespaced }: ReadKind,
  namespace: string | undefined,
): Missing {
  if (status !== 403 || !namespaced || namespace !== undefined) return missing;
  return {
    ...missing,
    detail: `${missing.detail}. With rights in one namespace only, name it with --namespace; watchmend rbac prints the role that is needed`,
  };
}

function expired(kind: ReadKind, namespace: string | undefined): Missing {
  return {
    because: "timed-out",
    detail: "the list changed faster than it could be read, twice (410 Gone)",
    decideWith: listCommand(kind, namespace),
  };
}
