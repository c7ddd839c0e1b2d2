// The small texts of the schema: names, addresses, durations, sizes, secrets, each with the sentence that explains it.
import { z } from "zod";
import { parseSecretRef } from "../model/secret-ref.ts";

/** A text with a condition; `why` and `write` end up in the message. */
function text(
  description: string,
  holds: (value: string) => boolean,
  says: (value: string) => string,
  more: { readonly why?: string; readonly write: string },
  pattern?: string,
) {
  return z
    .string()
    .max(4000)
    .superRefine((value, context) => {
      if (!holds(value)) context.addIssue({ code: "custom", message: says(value), params: more });
    })
    .meta({ description, ...(pattern === undefined ? {} : { pattern }) });
}

const namePattern = /^[a-z0-9](?:[a-z0-9.-]{0,61}[a-z0-9])?$/;

export const nameText = text(
  "lower-case letters, digits, dots and dashes",
  (value) => namePattern.test(value),
  (value) => `"${value}" cannot be a name`,
  {
    why: "names become file, container and label names",
    write: "lower-case letters, digits, dots and dashes, at most 63, such as jenkins-1",
  },
  namePattern.source,
);

const byte = "(?:0|[1-9]\\d?|1\\d\\d|2[0-4]\\d|25[0-5])";
const ipv4 = new RegExp(`^${byte}(?:\\.${byte}){3}$`);

export function isIPv4(value: string): boolean {
  return ipv4.test(value);
}

export function isIPv6(value: string): boolean {
  if (!/^[0-9A-Fa-f:]{2,39}$/.test(value) || value.includes(":::")) return false;
  const halves = value.split("::");
  if (halves.length > 2) return false;
  const groups = halves.flatMap((half) => (half === "" ? [] : half.split(":")));
  if (!groups.every((group) => /^[0-9A-Fa-f]{1,4}$/.test(group))) return false;
  return halves.length === 2 ? groups.length < 8 : groups.length === 8;
}

export function isHostName(value: string): boolean {
  const labels = value.replace(/\.$/, "").split(".");
  return (
    value.length <= 253 &&
    labels.every((label) => /^[A-Za-z0-9_](?:[A-Za-z0-9_-]{0,61}[A-Za-z0-9_])?$/.test(label)) &&
    !/^\d+$/.test(labels.at(-1) ?? "")
  );
}

export function isAddress(value: string): boolean {
  return isIPv4(value) || isIPv6(value) || isHostName(value);
}

export const addressText = text(
  "IPv4 or IPv6 address, or a name that the other hosts can resolve",
  isAddress,
  (value) => `"${value}" is not an address`,
  {
    why: "others connect to it, so it must be an address or a name without scheme and port",
    write: "10.0.0.11, fd00::11 or jenkins1.example.org",
  },
);

const durationPattern =
  /^(?=\d)(?:\d{1,6}y)?(?:\d{1,6}w)?(?:\d{1,6}d)?(?:\d{1,6}h)?(?:\d{1,6}m)?(?:\d{1,9}s)?(?:\d{1,9}ms)?$/;

export const durationText = text(
  "a duration such as 30s, 15d, 1h30m",
  (value) => durationPattern.test(value),
  (value) => `"${value}" is not a duration`,
  { why: "Prometheus and Loki read whole numbers with a unit", write: "30s, 5m, 12h, 15d or 1h30m" },
  "^([0-9]+(y|w|d|h|m|s|ms))+$",
);

export const sizeText = text(
  "bytes with a unit: 512MB, 40GB",
  (value) => /^\d{1,9}(?:B|KB|MB|GB|TB|PB)$/.test(value),
  (value) => `"${value}" is not a size`,
  { write: "a whole number with B, KB, MB, GB or TB, such as 40GB" },
);

export const memoryText = text(
  "memory limit: 512m, 2g",
  (value) => /^\d{1,9}[kmg]$/.test(value),
  (value) => `"${value}" is not a memory limit`,
  { write: "a whole number with k, m or g, such as 2g" },
);

export const storageText = text(
  "size of a volume claim: 20Gi",
  (value) => /^\d{1,6}(?:Mi|Gi|Ti)$/.test(value),
  (value) => `"${value}" is not the size of a volume claim`,
  { write: "a whole number with Mi, Gi or Ti, such as 20Gi" },
);

export const fileNameText = text(
  "a file's name",
  (value) => /^\w[\w.-]{0,99}$/.test(value),
  (value) => `"${value}" is not the name of a file`,
  { write: "a name without folders, such as positions.yaml" },
);

export const pathTextField = text(
  "an absolute path",
  (value) => /^\/[^\n\0]*$/.test(value) && !value.split("/").includes(".."),
  (value) => `"${value}" is not an absolute path`,
  { write: "a path from the root without .., such as /opt/monitoring" },
);

/** A folder of the machine that applies: what could be taken for one below another folder is refused. */
export const folderText = text(
  "a folder, absolute or from this file's own",
  (value) => /^(?:\.{1,2}\/|\/)[^\n\0]{0,1000}$/.test(value),
  (value) => `"${value}" is no path that says where it begins`,
  { write: "./pki, beside this file, or an absolute path" },
  "^(\\.{1,2}/|/)[^\\n]*$",
);

export const secretText = text(
  "reference to a secret: ${env:NAME} or file:/path",
  (value) => parseSecretRef(value) !== undefined,
  () => "a secret in clear text",
  {
    why: "this file is meant to be kept in git, where everybody could read it for ever",
    write:
      "${env:NAME} for an environment variable or file:/path for a file, both read when a plan is applied",
  },
  "^(\\$\\{env:[A-Za-z_][A-Za-z0-9_]*\\}|file:\\S.*)$",
);

/** A URL of a service; with a password in it, it is a secret. */
export const urlText = text(
  "http or https URL without a password in it",
  (value) => /^https?:\/\/[^\s/@]{1,300}(?:\/\S{0,2000})?$/.test(value),
  (value) =>
    /^https?:\/\/[^\s/]*@/.test(value) ? "a URL with a password in it" : `"${value}" is not an http URL`,
  {
    why: "credentials in URLs end up in logs and on pages",
    write: "https://host:port/path, and credentials as references in their own keys",
  },
);

export const labelName = text(
  "label name",
  (value) => /^[A-Za-z_][A-Za-z0-9_]{0,200}$/.test(value) && !value.startsWith("__"),
  (value) => `"${value}" cannot be a label name`,
  {
    why: "Prometheus and Loki accept letters, digits and underscores; names with two leading underscores are their own",
    write: "a name such as team or data_centre",
  },
);

export const versionText = text(
  "exact version, as the image tags write it",
  (value) => /^v?\d{1,4}\.\d{1,4}(?:\.\d{1,4})?(?:[-+][0-9A-Za-z.+-]{1,60})?$/.test(value),
  (value) => `"${value}" pins no version`,
  {
    why: "what runs would change without anybody changing this file",
    write: "a whole version such as 3.5.5",
  },
);
