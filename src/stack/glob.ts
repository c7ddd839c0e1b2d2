// Path patterns as Go's filepath.Match reads them (`*` stays within one folder), for rule_files and file_sd_configs.

/** Does the path match the pattern? `?`, `*`, `[abc]` and `\` as in Go; an invalid pattern matches nothing. */
export function matchesGlob(pattern: string, path: string): boolean {
  const source = globSource(pattern);
  return source !== undefined && new RegExp(`^${source}$`).test(path);
}

export function hasGlob(pattern: string): boolean {
  return /[*?[]/.test(pattern);
}

function globSource(pattern: string): string | undefined {
  let source = "";
  for (let at = 0; at < pattern.length; at++) {
    const char = pattern[at] ?? "";
    if (char === "*") {
      // Neighbouring stars mean the same as one, and would let the expression backtrack.
      while (pattern[at + 1] === "*") at++;
      source += "[^/]*";
    } else if (char === "?") source += "[^/]";
    else if (char === "[") {
      const end = pattern.indexOf("]", at + 2);
      if (end < 0) return undefined;
      const inner = pattern.slice(at + 1, end).replace(/[[\]\\]/g, "\\$&");
      source += `[${inner.replace(/^\^/, "^")}]`;
      at = end;
    } else if (char === "\\") source += escapeLiteral(pattern[++at] ?? "\\");
    else source += escapeLiteral(char);
  }
  return source;
}

function escapeLiteral(char: string): string {
  return char.replace(/[.*+?^${}()|[\]\\/]/g, "\\$&");
}

/** A path relative to a file: `rules/*.yml` in /etc/prometheus/prometheus.yml is /etc/prometheus/rules/*.yml. */
export function besideFile(file: string, path: string): string {
  if (path.startsWith("/")) return path;
  const folder = file.slice(0, file.lastIndexOf("/") + 1);
  const steps: string[] = [];
  for (const step of `${folder}${path}`.split("/")) {
    if (step === "..") steps.pop();
    else if (step !== ".") steps.push(step);
  }
  return steps.join("/");
}
