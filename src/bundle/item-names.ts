// Readable, numbered names for the files of a bundle: `raw/003-kubectl-get-pods-A.txt`.

/** Long enough to tell items apart, short enough for every file system. */
const longestName = 80;

const knownEnding = /\.(txt|json|ya?ml|log|ini|conf|alloy)$/i;

/** `index` counts from 0; `count` decides how many digits make the files sort. */
export function itemFileName(index: number, count: number, locator: string, body: string): string {
  const digits = Math.max(3, String(count).length);
  const number = String(index + 1).padStart(digits, "0");
  const words = locator
    .replace(/^[a-z][a-z0-9+.-]*:\/\//i, "")
    .replace(knownEnding, "")
    .replace(/[^A-Za-z0-9.]+/g, "-")
    .replace(/\.{2,}/g, ".")
    .slice(0, longestName)
    .replace(/^[-.]+|[-.]+$/g, "");
  return `raw/${number}-${words === "" ? "item" : words}.${endingOf(locator, body)}`;
}

function endingOf(locator: string, body: string): string {
  const known = knownEnding.exec(locator)?.[1]?.toLowerCase();
  if (known) return known;
  const head = body.slice(0, 200).trimStart();
  if (/^[[{]\s*(?:["{[\]}\d]|$)/.test(head)) return "json";
  return /^(?:---\s|apiVersion:)/.test(head) ? "yaml" : "txt";
}
