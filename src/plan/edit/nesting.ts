// How deep a text nests, counted without parsing: the parser recurses, and a stack that ends inside it ends the process.

/** The deepest nesting of brackets, indentation and dashes taken together; never less than what a parser would meet. */
export function deepestNesting(text: string): number {
  let deepest = 0;
  let brackets = 0;
  const indents: number[] = [];
  for (let at = 0; at < text.length; ) {
    const end = text.indexOf("\n", at);
    const stop = end < 0 ? text.length : end;
    const column = firstColumn(text, at, stop);
    if (column >= 0) {
      while ((indents.at(-1) ?? -1) >= column) indents.pop();
      indents.push(column);
    }
    let marks = 0;
    for (let i = at; i < stop; i++) {
      const code = text.charCodeAt(i);
      if (code === 91 || code === 123) brackets++;
      else if (code === 93 || code === 125) brackets = Math.max(0, brackets - 1);
      else if ((code === 45 || code === 63 || code === 58) && isBlank(text.charCodeAt(i + 1))) marks++;
      else continue;
      deepest = Math.max(deepest, brackets + indents.length + marks);
    }
    deepest = Math.max(deepest, brackets + indents.length);
    at = stop + 1;
  }
  return deepest;
}

/** Column of the first character that is not a blank; -1 for a blank line. */
function firstColumn(text: string, from: number, to: number): number {
  let at = from;
  while (at < to && text.charCodeAt(at) === 32) at++;
  const code = text.charCodeAt(at);
  return at >= to || code === 13 || code === 35 ? -1 : at - from;
}

function isBlank(code: number): boolean {
  return code === 32 || code === 10 || code === 13 || code === 9 || Number.isNaN(code);
}
