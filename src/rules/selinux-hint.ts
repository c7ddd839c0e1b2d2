// Whether the machine is one on which SELinux confines containers: shown by a command, or told in a sentence.
import type { Facts } from "../model/facts.ts";
import { compilePattern } from "../model/pattern.ts";
import type { Place } from "../model/place.ts";
import { matches } from "./line-match.ts";

/** Sentences that name the system; rules that ask for the hint keep them with their `texts`. */
export const selinuxTexts = [
  "Fedora",
  "CentOS",
  "Red Hat",
  "RHEL",
  "Rocky Linux",
  "RockyLinux",
  "AlmaLinux",
  "SELinux",
];
const patterns = selinuxTexts.map(compilePattern);
const words =
  /\b(?:Fedora|CentOS(?: Stream)?|Red Hat|RHEL|Rocky(?: ?Linux)?|Alma ?Linux|SELinux)\b(?: (?:Linux )?\d[\d.]*)?/i;

type Needed = Pick<Facts, "text.lines" | "host.settings">;

export function selinuxHint(facts: Needed): { readonly word: string; readonly at: Place } | undefined {
  const settings = facts["host.settings"];
  const mode = settings.find(({ name }) => /selinux/i.test(name));
  if (mode) return /enforcing/i.test(mode.value) ? { word: "enforcing", at: mode.at } : undefined;
  const system = settings.find(({ name, value }) => name === "os" && words.test(value));
  if (system) return { word: system.value, at: system.at };
  const said = facts["text.lines"].find(
    (line) =>
      line.stream === "note" &&
      matches(patterns, line) &&
      words.test(line.text) &&
      !/\b(?:disabled|permissive|setenforce 0)\b/i.test(line.text),
  );
  return said ? { word: words.exec(said.text)?.[0] ?? "SELinux", at: said.at } : undefined;
}

/** A compose file with a bind mount that ends in :z or :Z (also `:ro,Z`). */
export function isRelabelled(facts: Pick<Facts, "config.documents">): boolean {
  return facts["config.documents"].some((doc) =>
    /^\s*- *['"]?[^\s:'"]+:\/[^\s:'"]+:(?:\w+,)*[zZ](?:,\w+)*['"]?\s*$/m.test(doc.text.slice(0, 200_000)),
  );
}
