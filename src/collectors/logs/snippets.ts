// Pieces of configuration or code inside notes and pastes: a key that sounds like an error is none.
import { isLogLine } from "./shape.ts";

/** Longer texts are logs; nobody writes such a note. */
const longestText = 2_000_000;
const leastLines = 3;
const yamlKey = /^\s*(?:- )?(?:"[^"]{1,80}"|[A-Za-z_][\w./-]{0,60}):(?: \S.*)?$/;
const yamlItem = /^\s*- \S/;
const codeLine =
  /^\s*(?:if \[|if \(|fi$|done$|then$|do$|else$|elif |for \w+ in |while |case .* in$|esac$|echo |printf |set -[eux]|function \w+|\w+\(\) \{|[\])}]+[;,]?$|\w+=\$?["'(]|return\b|exit \d|def \w+\(|import \w|const \w|let \w|local \w)/;
const comment = /^\s*(?:#|\/\/)/;

/** Indexes of lines (from 0) that belong to such a piece. */
export function snippetLines(text: string): ReadonlySet<number> {
  const skipped = new Set<number>();
  if (text.length > longestText) return skipped;
  const lines = text.split("\n");
  for (const kind of [isYaml, isCode]) {
    let from = 0;
    for (let i = 0; i <= lines.length; i += 1) {
      const line = (lines[i] ?? "").slice(0, 1_000);
      const inside =
        i < lines.length && (line.trim() === "" || comment.test(line) || (kind(line) && !isLogLine(line)));
      if (inside) continue;
      if (isSnippet(lines.slice(from, i), kind)) for (let j = from; j < i; j += 1) skipped.add(j);
      from = i + 1;
    }
  }
  return skipped;
}

function isYaml(line: string): boolean {
  return yamlKey.test(line) || yamlItem.test(line);
}

function isCode(line: string): boolean {
  return codeLine.test(line);
}

/** Long enough, and for YAML with something nested: `Error: x` three times is no YAML. */
function isSnippet(block: readonly string[], kind: typeof isYaml): boolean {
  const own = block.filter((line) => line.trim() !== "" && !comment.test(line));
  if (own.length < leastLines) return false;
  if (kind === isCode) return true;
  return own.some(
    (line, i) =>
      /:\s*$/.test(line) && /^(?:\s+|- )\S/.test(own[i + 1] ?? "") && indent(own[i + 1]) >= indent(line),
  );
}

function indent(line: string | undefined): number {
  return (line ?? "").search(/\S/);
}
