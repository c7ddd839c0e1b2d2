// Finds secrets in JSON by structure, also when the document is cut off: Secrets, name/value pairs, documents in strings.
import { isObjectName, isPlaceholder, secretKindOf } from "./secret-keys.ts";
import type { SecretKind } from "./span.ts";

/** A secret in a text, by offset, as it is written there. */
export interface JsonSecret {
  readonly start: number;
  readonly end: number;
  readonly kind: SecretKind;
}

interface Frame {
  readonly isObject: boolean;
  /** Key of this object in its parent. */
  readonly under: string;
  key: string;
  isKeyNext: boolean;
  kind: string;
  name: string;
  value: JsonSecret | undefined;
  /** Scalars in `data` of this object, secrets if it turns out to be a Secret. */
  readonly data: JsonSecret[];
}

/** Deeper nesting is a bomb; what stands in it is still searched by key and by form. */
const deepest = 200;

export interface JsonScan {
  readonly secrets: readonly JsonSecret[];
  /** Strings that hold a JSON document of their own, as written. */
  readonly documents: readonly string[];
  /** Offset behind the document, or where it stops being one. */
  readonly end: number;
}

/** Scans the document that starts at `from`. One pass, no recursion. */
export function findInJson(text: string, from: number): JsonScan {
  const secrets: JsonSecret[] = [];
  const documents: string[] = [];
  const stack: Frame[] = [];
  let at = from;

  const scalar = (start: number, end: number): void => {
    const frame = stack.at(-1);
    if (!frame?.isObject) return;
    const value = text.slice(start, end);
    const { key } = frame;
    if (key === "kind") frame.kind = value;
    if (/^(?:name|key|header)$/i.test(key)) frame.name = value;
    if (isPlaceholder(value)) return;
    if (/^value$/i.test(key)) frame.value = { start, end, kind: "token" };
    const parent = stack.at(-2);
    if (frame.under === "data") parent?.data.push({ start, end, kind: "kubernetes-secret" });
    if (/^(?:stringData|secureJsonData|secureSettings)$/.test(frame.under))
      secrets.push({ start, end, kind: "credentials" });
    if (key === "auth" && /^[A-Za-z0-9+/]{8,}={0,2}$/.test(value))
      secrets.push({ start, end, kind: "credentials" });
  };

  const close = (): void => {
    const frame = stack.pop();
    if (!frame) return;
    if (frame.kind === "Secret") secrets.push(...frame.data);
    if (!frame.value) return;
    const kind = secretKindOf(frame.name);
    if (!kind) return;
    if (isObjectName(text.slice(frame.value.start, frame.value.end)) && kind !== "password") return;
    secrets.push({ ...frame.value, kind });
  };

  scan: while (at < text.length) {
    const char = text[at];
    const frame = stack.at(-1);
    switch (char) {
      case "{":
      case "[":
        if (stack.length >= deepest) break scan;
        stack.push({
          isObject: char === "{",
          under: frame?.isObject ? frame.key : (frame?.under ?? ""),
          key: "",
          isKeyNext: char === "{",
          kind: "",
          name: "",
          value: undefined,
          data: [],
        });
        at++;
        break;
      case "}":
      case "]":
        close();
        at++;
        if (stack.length === 0) break scan;
        break;
      case ",":
        if (frame?.isObject) frame.isKeyNext = true;
        at++;
        break;
      case '"': {
        const end = stringEnd(text, at);
        if (end < 0) break scan;
        if (frame?.isObject && frame.isKeyNext) {
          frame.key = text.slice(at + 1, end);
          frame.isKeyNext = false;
        } else {
          scalar(at + 1, end);
          if (end - at > 20 && /^\s*(?:\\n)?\s*[{[]/.test(text.slice(at + 1, at + 20)))
            documents.push(text.slice(at, end + 1));
        }
        at = end + 1;
        break;
      }
      case " ":
      case "\n":
      case "\r":
      case "\t":
      case ":":
        at++;
        break;
      default: {
        const word = /^[-+.\w]{1,40}/.exec(text.slice(at, at + 40))?.[0];
        if (!word || stack.length === 0) break scan;
        scalar(at, at + word.length);
        at += word.length;
      }
    }
  }
  while (stack.length > 0) close();
  return { secrets, documents, end: at };
}

function stringEnd(text: string, from: number): number {
  for (let at = from + 1; at < text.length; at++) {
    const char = text[at];
    if (char === '"') return at;
    if (char === "\\") at++;
    if (char === "\n") return -1;
  }
  return -1;
}
