// YAML aliases: `*name` stands for an anchored node, within bounds that stop bombs and cycles.
import { DocumentFault, maxEntries } from "./document-fault.ts";
import { copyEntries } from "./line-log.ts";
import type { Cursor } from "./yaml-cursor.ts";

const aliasName = /[^\s,[\]{}]+/y;

/** `*name`: the anchored value again, with its lines. */
export function readAlias(c: Cursor, entry: number): unknown {
  c.pos++;
  aliasName.lastIndex = c.pos;
  const found = aliasName.exec(c.text)?.[0] ?? "";
  const name = !c.anchors.has(found) && found.endsWith(":") ? found.slice(0, -1) : found;
  if (name === "") throw new DocumentFault("did not find expected alphabetic or numeric character", c.line);
  c.pos += name.length;
  const anchor = c.anchors.get(name);
  if (anchor === undefined) throw new DocumentFault(`unknown anchor '${name}' referenced`, c.line);
  if (anchor === "open") throw new DocumentFault(`anchor '${name}' value contains itself`, c.line);
  if (c.log.keys.length + anchor.to - anchor.from > maxEntries) {
    throw new DocumentFault("document contains excessive aliasing", c.line);
  }
  if (anchor.from >= 0) copyEntries(c.log, anchor.from, anchor.to, entry);
  return anchor.value;
}
