// Text inside XML: escaped, and without the signs XML 1.0 cannot hold.
import { visible } from "./safe.ts";

const entities: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "\n": "&#10;",
};

export function attribute(text: string): string {
  return xmlSafe(text).replace(/[&<>"\n]/g, (sign) => entities[sign] ?? sign);
}

export function content(text: string): string {
  return xmlSafe(text).replace(/[&<>]/g, (sign) => entities[sign] ?? sign);
}

/** XML 1.0 has no way to write control characters and the two non-characters, not even as entities. */
function xmlSafe(text: string): string {
  return visible(text).replace(/[\ufffe\uffff]/g, "\ufffd");
}
