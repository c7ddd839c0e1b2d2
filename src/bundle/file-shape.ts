// Tells a file from a paste: inside a script, a document, a config or a log, signs like `#` and `>` are no prompts.

/** "free": a paste, a session, notes, tables: anything may be a prompt or a heading. */
export type FileShape = "script" | "document" | "config" | "log" | "free";

/** How many filled lines decide. */
const sampleLines = 400;
const longestLook = 400;

const shellSyntax =
  /^\s*(?:if |fi$|fi;|then$|else$|elif |for .*\bdo$|while .*\bdo$|do$|done|case .* in$|esac|;;|function \w|[\w-]+ ?\(\) ?\{|local |export \w+=|readonly |set [-+]|echo |printf |return\b|exit \d|trap |[A-Za-z_]\w*=|\[\[? |\}$|#)/;
/** Keys, list items, sections, assignments, blocks, PromQL and exposition lines. */
const configLine =
  /^\s*(?:[-?] |-$|"?[\w./$@{}*<>+-][^\s:=][^:=]{0,120}"?\s*[:=](?:\s|$)|"?[\w./-]{1,80}"?\s*[:=](?:\s|$)|\[[^\]]{1,80}\]\]?$|---|\.\.\.$|[#;}\])]|[\w.-]+(?: "[^"]*")? ?\{|(?:FROM|RUN|CMD|COPY|ENTRYPOINT|ENV|EXPOSE|VOLUME|USER|WORKDIR|ARG|LABEL)\s|:\w+ |-[AI] |COMMIT$|\*\w+$|\{\{)/;
const timeStamp =
  /^(?:\S{1,60}\s+\|\s+)?(?:[[(<"{]?(?:ts=|t=|time=|timestamp=|level=)?"?\d{4}[-/]\d{2}[-/]\d{2}[T ]|[A-Z][a-z]{2} [ \d]\d \d{2}:\d{2}:\d{2} |[IWEF]\d{4} \d{2}:\d{2}|\[\d{2}\/[A-Z][a-z]{2}|(?:level|lvl|ts|t|time|caller|msg|logger)=|\{"|\d{2}:\d{2}:\d{2}[ .,]|\d{10}(?:\.\d+)?\s|\[\d{4}-)/;
/** Structure of a kind that no paste of several things has at its first line. */
const yamlStart =
  /^(?:---(?:\s|$)|%YAML |apiVersion:|[\w"'./-]{1,80}:(?:\s|$)|- (?:name|hosts|job_name|alert|record|targets|\w+):)/;

export function fileShape(lines: readonly string[]): FileShape {
  const sample = filledSample(lines);
  const [first = ""] = sample;
  if (first.startsWith("#!")) return "script";
  if (/^<(?:!DOCTYPE|html|\?xml|!--)/i.test(first)) return "document";
  if (isJson(lines, first)) return "document";
  const share = (pattern: RegExp) => sample.filter((line) => pattern.test(line)).length / sample.length;
  const code = sample.filter((line) => !line.trimStart().startsWith("#"));
  if (sample.length === 0 || code.length === 0) return "config";
  if (share(timeStamp) >= 0.7) return "log";
  if (sample.length >= 4 && isScript(code)) return "script";
  const indented = code.filter((line) => /^\s/.test(line) || configLine.test(line)).length / code.length;
  if (yamlStart.test(code[0] ?? "") && indented >= 0.85) return "config";
  return share(configLine) >= 0.8 ? "config" : "free";
}

/** Half of the lines are keywords and assignments, and some keyword is there at all. */
function isScript(code: readonly string[]): boolean {
  const syntax = code.filter((line) => shellSyntax.test(line)).length;
  const closes = code.some((line) => /^\s*(?:fi|done|esac|\})\s*(?:[;#|>].*)?$/.test(line));
  return closes && syntax / code.length >= 0.4;
}

function filledSample(lines: readonly string[]): string[] {
  const sample: string[] = [];
  for (const line of lines) {
    if (line.trim() === "") continue;
    sample.push(line.slice(0, longestLook));
    if (sample.length >= sampleLines) break;
  }
  return sample;
}

function isJson(lines: readonly string[], first: string): boolean {
  if (!/^\s*[[{]/.test(first)) return false;
  const last = lines.findLast((line) => line.trim() !== "") ?? "";
  if (!/[\]}]\s*$/.test(last)) return false;
  try {
    JSON.parse(lines.join("\n"));
    return true;
  } catch {
    return false;
  }
}
