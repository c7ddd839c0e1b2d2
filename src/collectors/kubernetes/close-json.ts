// Completes JSON that was cut off: drops the half-written last entry and closes what is open.

export function closeJson(text: string): string {
  const open: string[] = [];
  let safe = 0;
  let safeOpen: string[] = [];
  let inString = false;
  const mark = (end: number) => {
    safe = end;
    safeOpen = [...open];
  };
  for (let at = 0; at < text.length; at++) {
    const char = text[at];
    if (inString) {
      if (char === "\\") at++;
      else if (char === '"') inString = false;
    } else if (char === '"') inString = true;
    else if (char === "{" || char === "[") {
      open.push(char === "{" ? "}" : "]");
      mark(at + 1);
    } else if (char === "}" || char === "]") {
      open.pop();
      mark(at + 1);
    } else if (char === ",") mark(at);
  }
  return text.slice(0, safe) + safeOpen.reverse().join("");
}
