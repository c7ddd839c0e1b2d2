// edit-document, replace-lines and write-file: a text is changed where it lives, on a host or as a key of an object.
import { z } from "zod";
import type { LivePlace, Step } from "../../../model/plan.ts";
import { editStep } from "../../change-texts.ts";
import {
  actOnObject,
  objectByHand,
  objectImage,
  undoObject,
  whereIsObject,
} from "../cluster/object-change.ts";
import { hostFor } from "../doors.ts";
import { readPath } from "../host-file.ts";
import { defineKind, type Look, type LookContext } from "../step-kind.ts";
import {
  actOnFile,
  type FileImage,
  fileByHand,
  fileImage,
  fileLook,
  undoFile,
  whereIsFile,
} from "./file-text.ts";
import { lookAtKey } from "./object-text.ts";

type TextStep = Extract<Step, { readonly do: "edit-document" | "replace-lines" | "write-file" }>;

const image = z.discriminatedUnion("at", [fileImage, objectImage]);
type Image = z.infer<typeof image>;

export const text = defineKind<TextStep, Image>({
  does: ["edit-document", "replace-lines", "write-file"],
  parse: (value) => image.parse(value),
  async look(step, context) {
    if (step.do !== "write-file" && step.live?.kind === "object-key")
      return await lookAtKey(step, step.live, context);
    const place = placeOf(step);
    if (!place)
      return {
        state: "left",
        because: `${sourceOf(step)} is a file of the evidence, not one that can be reached`,
      };
    return await lookAtFile(step, place, context);
  },
  act: (one, context) => (one.at === "file" ? actOnFile(one, context) : actOnObject(one, context)),
  where: (one, context) => (one.at === "file" ? whereIsFile(one, context) : whereIsObject(one, context)),
  undo: (one, context) => (one.at === "file" ? undoFile(one, context) : undoObject(one, context)),
  byHand: (one) => (one.at === "file" ? fileByHand(one) : objectByHand(one)),
});

function placeOf(step: TextStep): Extract<LivePlace, { kind: "file" }> | undefined {
  if (step.do === "write-file")
    return { kind: "file", path: step.path, ...(step.host === undefined ? {} : { host: step.host }) };
  return step.live?.kind === "file" ? step.live : undefined;
}

function sourceOf(step: TextStep): string {
  return step.do === "write-file" ? step.path : step.file.source;
}

async function lookAtFile(
  step: TextStep,
  { host, path }: Extract<LivePlace, { kind: "file" }>,
  context: LookContext,
): Promise<Look<FileImage>> {
  const access = hostFor(context.doors, host);
  if (!access) return { state: "left", because: noWayTo(host, path) };
  const state = await readPath(access, path);
  if (state.is !== "file" && state.is !== "absent")
    return { state: "refused", because: `${path} is no regular file` };
  if (state.is === "absent" && (step.do !== "write-file" || !state.folder))
    return {
      state: "refused",
      because: `there is no ${state.folder ? path : `folder for ${path}`} on ${access.door.host}`,
    };
  const file = state.is === "file" ? state.file : undefined;
  const real = file?.real ?? path;
  const subject = `${access.door.host}:${real}`;
  const before = context.pending?.get(subject) ?? (file ? decode(file.content) : "");
  if (before === undefined) return { state: "refused", because: `${path} is not UTF-8 text` };
  if (!context.originals.has(subject)) context.originals.set(subject, before);
  const wish = { access, file, path: real, before };
  if (step.do === "write-file")
    return fileLook({
      ...wish,
      after: step.content,
      ...(step.mode === undefined ? {} : { mode: step.mode }),
    });
  const result = editStep(step, before, context.originals.get(subject) ?? before);
  if (!result.ok)
    return {
      state: "refused",
      because: `${path}${result.refusal.line === undefined ? "" : `:${result.refusal.line}`}: ${result.refusal.because}`,
    };
  context.pending?.set(subject, result.text);
  return fileLook({ ...wish, after: result.text });
}

export function noWayTo(host: string | undefined, what: string): string {
  return host === undefined
    ? `which host ${what} lies on is not known`
    : `there is no way to ${host}: name it with --host`;
}

function decode(content: Buffer): string | undefined {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(content);
  } catch {
    return undefined;
  }
}
