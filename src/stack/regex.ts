// Is this a regular expression, and for which engine? Grafana's derived fields and variables use JavaScript, everything else RE2.
import { compileSearch } from "./regex-match.ts";
import { RegexFault } from "./regex-reader.ts";
import { parseRegex } from "./regex-syntax.ts";

export interface RegexVerdict {
  readonly valid: boolean;
  /** In the engine's own words. */
  readonly message?: string;
  /** The construct the engine does not know: `(?=`, `\1`, `(?i)`. */
  readonly construct?: string;
}

const valid: RegexVerdict = { valid: true };

/** As Go's regexp.Compile judges it. */
export function checkRe2(pattern: string): RegexVerdict {
  try {
    parseRegex(pattern);
    return valid;
  } catch (error) {
    if (!(error instanceof RegexFault)) throw error;
    const construct = /`(.{1,60})`$/.exec(error.message)?.[1];
    const message = `error parsing regexp: ${error.message}`;
    const isConstruct =
      /^(?:invalid or unsupported|invalid escape)/.test(error.message) && construct !== undefined;
    return { valid: false, message, ...(isConstruct ? { construct } : {}) };
  }
}

/** As a browser judges it. Inline flags are refused even where the newest engines take `(?i:…)`: most browsers do not. */
export function checkJavaScript(pattern: string): RegexVerdict {
  if (pattern.length > 20_000) return { valid: false, message: "Regular expression too large" };
  const inline = outsideClasses(pattern).match(/\(\?[imsU-]+[:)]|\(\?P[<=>]/)?.[0];
  try {
    new RegExp(pattern);
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    return { valid: false, message, ...(inline === undefined ? {} : { construct: inline }) };
  }
  return inline === undefined
    ? valid
    : { valid: false, message: `Invalid regular expression: /${pattern}/: Invalid group`, construct: inline };
}

function outsideClasses(pattern: string): string {
  return pattern.replace(/\\[\s\S]/g, "  ");
}

/** Valid in both engines but not the same: `\A` and `\z` are letters in JavaScript, `[[:alpha:]]` a set of those characters. */
export function changesMeaningInJavaScript(pattern: string): string | undefined {
  return /(?<!\\)(?:\\\\)*(\\[AzQE]|\[\[:\^?\w+:\]\])/.exec(pattern.slice(0, 20_000))?.[1];
}

/** Does an RE2 pattern match the empty text? Undefined when it is no pattern. */
export function matchesEmpty(pattern: string): boolean | undefined {
  try {
    return compileSearch(`^(?:${pattern})$`).match("") !== null;
  } catch {
    return undefined;
  }
}
