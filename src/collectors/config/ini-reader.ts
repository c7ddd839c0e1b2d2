// Reads INI files (grafana.ini, Ansible's ansible.cfg): sections with keys, on their lines. Values stay text.

import { setKey } from "./json-reader.ts";
import { type LineLog, logEntry, newLineLog, rootEntry } from "./line-log.ts";

export interface IniResult {
  readonly value: Readonly<Record<string, unknown>>;
  readonly log: LineLog;
  readonly duplicates: readonly number[];
}

const section = /^\[([^\]]{1,200})\]\s*(?:[#;].*)?$/;
const assignment = /^([A-Za-z_][\w.\-/ ]{0,200}?)\s{0,40}[=:]\s{0,40}(.*)$/;

/** `{section: {key: value}}`; keys in front of the first section stand at the top. */
export function readIni(text: string): IniResult {
  const value: Record<string, unknown> = {};
  const log = newLineLog();
  const duplicates: number[] = [];
  const entries = new Map<string, number>();
  let current = value;
  let parent = rootEntry;
  for (const [index, raw] of text.split("\n").entries()) {
    const line = raw.trim().slice(0, 20_000);
    if (line === "" || /^[#;]/.test(line)) continue;
    const name = section.exec(line)?.[1]?.trim();
    if (name !== undefined) {
      const known = entries.get(name);
      parent = known ?? logEntry(log, rootEntry, name, index + 1);
      entries.set(name, parent);
      if (known === undefined) setKey(value, name, {});
      current = value[name] as Record<string, unknown>;
      continue;
    }
    const [, key, written = ""] = assignment.exec(line) ?? [];
    if (key === undefined) continue;
    const entry = logEntry(log, parent, key, index + 1);
    if (Object.hasOwn(current, key)) duplicates.push(entry);
    setKey(current, key, plain(written));
  }
  return { value, log, duplicates };
}

/** Without quotes, and without a comment behind blanks. */
function plain(written: string): string {
  const quoted = /^(["'`])(.*?)\1\s*(?:[#;].*)?$/.exec(written);
  return quoted ? (quoted[2] ?? "") : written.replace(/\s[#;].*$/, "").trim();
}
