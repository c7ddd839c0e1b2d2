// ConfigMaps and Secrets from `kubectl describe`: keys, and for ConfigMaps the files with their lines.
import type { Segment } from "../../model/evidence.ts";
import type { ConfigMap } from "../../model/kubernetes.ts";
import type { Emit } from "../parser.ts";
import type { DescribedName } from "./describe-pod.ts";
import { known } from "./row.ts";

interface File {
  readonly key: string;
  readonly index: number;
  readonly from: number;
  readonly to: number;
}

export function emitDescribedConfigMap(
  segment: Segment,
  who: DescribedName,
  lines: readonly string[],
  emit: Emit,
): void {
  const start = lines.findIndex((line, i) => line === "Data" && /^={4}/.test(lines[i + 1] ?? ""));
  const files = start < 0 ? [] : readFiles(lines, start + 2);
  const place = (index: number) => ({ source: segment.source, line: segment.startLine + index });
  const fact: ConfigMap = {
    at: place(0),
    origin: "live",
    ...who,
    keys: files.map(({ key, index }) => ({ name: key, at: place(index) })),
  };
  emit.fact("kubernetes.configmaps", fact);
  for (const { key, from, to } of files) {
    const text = `${lines.slice(from, to).join("\n").trimEnd()}\n`;
    if (text === "\n") continue;
    emit.segment({
      source: segment.source,
      startLine: segment.startLine + from,
      text,
      path: key,
      embeddedIn: { kind: "ConfigMap", ...who, key },
      ...known({ host: segment.host }),
    });
  }
}

/** `key:` and `----` begin a file; it ends before the next one, BinaryData or the events. */
function readFiles(lines: readonly string[], from: number): readonly File[] {
  const files: File[] = [];
  let last: (File & { to: number }) | undefined;
  for (let i = from; i < lines.length; i++) {
    const line = lines[i] ?? "";
    if (/^(?:Events:|BinaryData$)/.test(line) && (line !== "BinaryData" || /^={4}/.test(lines[i + 1] ?? "")))
      break;
    const key = /^([-._a-zA-Z0-9]{1,253}):$/.exec(line)?.[1];
    if (key !== undefined && /^-{4}$/.test(lines[i + 1] ?? "")) {
      last = { key, index: i, from: i + 2, to: i + 2 };
      files.push(last);
      i++;
    } else if (last) last.to = i + 1;
  }
  return files;
}

/** `password:  12 bytes` */
export function secretKeys(lines: readonly string[]): readonly string[] {
  return lines.flatMap((line) => /^([-._a-zA-Z0-9]{1,253}):\s+\d+ bytes$/.exec(line)?.[1] ?? []);
}
