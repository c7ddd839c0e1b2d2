// The smallest edit for the commonest slip: `description: Rate: too high` gets its value quoted.

/** The line with its value quoted; undefined when the line is not `key: text with a colon and a space`. */
export function quoteScalar(line: string): string | undefined {
  const match = line.match(/^(\s*(?:- )?[A-Za-z_][\w.-]*:\s+)(\S.*?)(\s*)$/);
  const [, head = "", rest = "", tail = ""] = match ?? [];
  // A comment behind the text stays one.
  const comment = /\s+#.*$/.exec(rest)?.[0] ?? "";
  const value = rest.slice(0, rest.length - comment.length);
  if (!match || /^["'|>&*[{!]/.test(value) || !/:(\s|$)/.test(value)) return undefined;
  return `${head}"${value.replaceAll("\\", "\\\\").replaceAll('"', '\\"')}"${comment}${tail}`;
}
