// Decides which prompt-like lines of a text are prompts: the weak signs need the rest of the text on their side.
import { isCommandLine, isReadingCommand } from "./commands.ts";
import type { FileShape } from "./file-shape.ts";
import { type Prompt, parsePrompt } from "./prompts.ts";

/** Longer lines are output, never typed. */
const longestLine = 20_000;

export function acceptedPrompts(lines: readonly string[], shape: FileShape): Map<number, Prompt> {
  const found = new Map<number, Prompt>();
  let isDiff = false;
  for (const [i, line] of lines.entries()) {
    if (line.length > longestLine) continue;
    if (/^(?:@@ |diff |\+\+\+ )/.test(line)) isDiff = true;
    const prompt = parsePrompt(line);
    if (prompt) found.set(i, prompt);
    else if (isBareCommand(lines, i, shape)) found.set(i, { kind: "bare", prefix: "", command: line });
  }
  const accepted = new Map<number, Prompt>();
  const hashes = acceptsHashes(lines, found, shape);
  for (const [i, prompt] of found) {
    if (isAccepted(prompt, i, lines, shape, hashes, isDiff)) accepted.set(i, prompt);
  }
  return accepted;
}

function isAccepted(
  prompt: Prompt,
  i: number,
  lines: readonly string[],
  shape: FileShape,
  hashes: boolean,
  isDiff: boolean,
): boolean {
  const indented = /^\s/.test(lines[i] ?? "");
  switch (prompt.kind) {
    case "strong":
      return shape === "free" || !indented;
    case "dollar":
      return shape === "free" || (!indented && isCommandLine(prompt.command));
    case "hash":
      return hashes && !indented;
    case "angle":
      return shape === "free" && !indented;
    case "trace":
      return shape !== "config" && !isDiff && !indented;
    case "bare":
      return true;
  }
}

/** Programs that people type above the output they paste. */
const pasted =
  /^(?:sudo )?(?:kubectl|oc|k3s|docker|docker-compose|podman|helm|systemctl|journalctl|crictl|curl|ss|netstat|df|ls|cat|ps|ip|iptables|nft|nslookup|dig|promtool|amtool|logcli) \S/;

/** `kubectl get pods -A` on a line of its own, with its output directly below and nothing directly above. */
function isBareCommand(lines: readonly string[], i: number, shape: FileShape): boolean {
  const line = lines[i] ?? "";
  if (line.length > 300 || !pasted.test(line) || /[.?!:,]$/.test(line)) return false;
  const above = lines[i - 1] ?? "";
  const below = lines[i + 1] ?? "";
  if (above.trim() !== "" || below.trim() === "" || below.startsWith("#") || pasted.test(below)) return false;
  if (shape !== "free" && lines.slice(0, i).some((other) => other.trim() !== "")) return false;
  if (!isCommandLine(line) || !isReadingCommand(line)) return false;
  const words = line.split(/\s+/);
  return words.length <= 5 || words.some((word) => /^-|[/=|]/.test(word));
}

/**
 * `# kubectl get pods` is root's prompt, a heading (which means the same here) or a comment. In a file with keys and
 * values it is a prompt only if the text starts with one and every such line is a command that shows something.
 */
function acceptsHashes(
  lines: readonly string[],
  found: ReadonlyMap<number, Prompt>,
  shape: FileShape,
): boolean {
  const typed = [...found].filter(([, prompt]) => prompt.kind === "hash");
  if (typed.length === 0) return false;
  const others = lines.filter((line, i) => /^#+(?:\s|$)/.test(line) && !found.has(i)).length;
  if (shape === "free") return typed.length >= others || typed.length >= 3;
  if (others > 0 || !found.has(lines.findIndex((line) => line.trim() !== ""))) return false;
  return typed.every(([i, prompt]) => isReadingCommand(prompt.command) && !/^#/.test(lines[i + 1] ?? ""));
}
