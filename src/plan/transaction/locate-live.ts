// Steps name the evidence they were planned from; this finds the living file or object behind it.
import { join } from "node:path";
import type { ConfigDocument } from "../../model/config.ts";
import type { LivePlace, Step } from "../../model/plan.ts";

type EditStep = Extract<Step, { readonly do: "edit-document" | "replace-lines" }>;

/** A step whose place is not known live stays as it is, and is left for a person. */
export function locateSteps(steps: readonly Step[], documents: readonly ConfigDocument[]): Step[] {
  return steps.map((step) => {
    if ((step.do !== "edit-document" && step.do !== "replace-lines") || step.live) return step;
    return step.do === "edit-document" ? locateEdit(step, documents) : locateLines(step, documents);
  });
}

function locateEdit(
  step: Extract<Step, { do: "edit-document" }>,
  documents: readonly ConfigDocument[],
): Step {
  const document = nearest(
    step,
    documents.filter(
      (one) =>
        one.at.source === step.file.source &&
        one.origin === "file" &&
        (step.embeddedKey === undefined || one.embeddedIn?.key === step.embeddedKey),
    ),
  );
  const live = document ? placeOf(document) : undefined;
  if (!document || !live) return step;
  if (live.kind === "file") return { ...step, live };
  // The key's value is a text of its own: lines of the source around it mean nothing there.
  const { embeddedKey: _key, file, ...rest } = step;
  return { ...rest, file: { source: file.source }, live };
}

function locateLines(
  step: Extract<Step, { do: "replace-lines" }>,
  documents: readonly ConfigDocument[],
): Step {
  const candidates = documents.filter(
    (one) =>
      one.at.source === step.file.source && one.origin === "file" && places(one.text, step.expect).length > 0,
  );
  const document =
    candidates.find((one) => one.parseError?.at.line === step.from) ?? nearest(step, candidates);
  const live = document ? placeOf(document) : undefined;
  if (!document || !live) return step;
  const lines = places(document.text, step.expect);
  const start = document.startLine ?? 1;
  const line =
    lines.find((one) => one + start - 1 === step.from) ?? (lines.length === 1 ? lines[0] : undefined);
  if (line === undefined) return step;
  return { ...step, file: { source: step.file.source }, from: line, to: line + step.to - step.from, live };
}

/** 1-based lines at which the expected lines stand. */
function places(text: string, expect: string): number[] {
  const lines = text.split("\n").map((line) => line.replace(/\r$/, ""));
  const wanted = expect.replace(/\r?\n$/, "").split(/\r?\n/);
  return lines.flatMap((_, i) =>
    wanted.every((one, k) => lines[i + k]?.trim() === one.trim()) ? [i + 1] : [],
  );
}

function nearest(step: EditStep, documents: readonly ConfigDocument[]): ConfigDocument | undefined {
  const { line } = step.file;
  if (line === undefined || documents.length < 2) return documents.length === 1 ? documents[0] : undefined;
  const exact = documents.filter((one) => one.at.line === line);
  if (exact.length > 0) return exact.length === 1 ? exact[0] : undefined;
  return documents
    .filter((one) => (one.at.line ?? 1) <= line)
    .sort((a, b) => (b.at.line ?? 1) - (a.at.line ?? 1))[0];
}

function placeOf({ at, embeddedIn, host, path }: ConfigDocument): LivePlace | undefined {
  if (embeddedIn) {
    if (embeddedIn.kind !== "ConfigMap") return undefined;
    const { kind, namespace, name, key } = embeddedIn;
    return { kind: "object-key", object: kind, ...(namespace === undefined ? {} : { namespace }), name, key };
  }
  if (host === undefined || !path?.startsWith("/")) return undefined;
  // `HOST: CONTAINER:/path` is a file inside a container: the same path on the host is another file.
  if (at.source.startsWith(`${host}: `)) return undefined;
  return { kind: "file", host, path };
}

/** Steps planned from the files of a folder: those that edit files there, and nothing else. */
export function stepsOfFolder(steps: readonly Step[], folder: string, host: string): Step[] {
  return steps.flatMap((step): Step[] => {
    if (step.do !== "edit-document" && step.do !== "replace-lines") return [];
    return [{ ...step, live: { kind: "file", host, path: join(folder, step.file.source) } }];
  });
}
