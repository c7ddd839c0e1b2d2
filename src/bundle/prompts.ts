// Recognises shell prompts of every common shape at the start of a line, with what they say about user, host and folder.
import { isCommandLine } from "./commands.ts";

export interface Prompt {
  /** "strong": no other text looks like this. "dollar", "hash", "angle", "trace": one sign, worth what the text around it says. "bare": a command without any prompt. */
  readonly kind: "strong" | "dollar" | "hash" | "angle" | "trace" | "bare";
  /** Everything in front of the command; equal prefixes are the same shell. */
  readonly prefix: string;
  /** Empty when only the prompt was shown. */
  readonly command: string;
  readonly user?: string;
  readonly host?: string;
  readonly cwd?: string;
}

/** The prompt itself is short; the command behind it is not looked at here. */
const longestPrefix = 400;

/** `(venv) `, `(⎈|prod:monitoring) `, `[10:32:01] `, `10:32:01 `, `[0] `: decorations in front of a prompt. */
const decoration =
  /^(?:\([^()\n]{1,80}\)\s?|\[(?:\d{1,2}:\d{2}(?::\d{2})?|\d{1,3})\]\s?|\d{1,2}:\d{2}:\d{2}\s|\[⎈[^\]\n]{1,80}\]\s?|⎈\s?[\w.:/-]{1,80}\s)/u;

const name = "[A-Za-z0-9_][A-Za-z0-9_.-]{0,63}";
const user = `(?<user>${name}|I have no name!)`;
/** `user@host:~/dir$ `, `user@host ~/dir> ` (fish), `user@Mac ~ % ` (zsh on macOS), `root@pod:/# `. */
const atHost = new RegExp(
  `^${user}[@㉿](?<host>${name})(?::\\s?(?<cwd>[^$#%>\\n]{0,200}?)|\\s(?<cwd2>[~/][^$#%>\\n]{0,200}?|[\\w.-]{1,80}))?\\s?[$#%>](?:\\s+|$)`,
  "u",
);
/** `[user@host dir]$ `, also with a colon. */
const bracketed = new RegExp(
  `^\\[${user}@(?<host>${name})(?:[\\s:]\\s?(?<cwd>[^\\]\\n]{0,200}))?\\]\\s?[$#%>](?:\\s+|$)`,
  "u",
);
/** `PS C:\\> `, `PS /home/me> `, `[server]: PS C:\\> `. */
const powershell =
  /^(?:\[(?<host>[\w.-]{1,64})\]: )?PS (?<cwd>(?:[A-Z]:\\|\/|~|Microsoft\.)[^>\n]{0,200}|[A-Z]:)>(?:\s+|$)/u;
const cmdExe = /^(?<cwd>[A-Z]:\\[^<>|"?*\n]{0,200})>\s?/u;
/** `➜  dir git:(main) ✗ `: oh-my-zsh. The folder is one word and may be followed by marks. */
const arrow =
  /^[➜→]\s{1,3}(?<cwd>[~/\w.@-][^\s]{0,100})(?:\s+(?:git:\([^)\n]{1,80}\)|on\s\S+))?(?:\s*[✗✘✔±☁⚡*]+)?\s+/u;
const glyph = /^(?:[➜❯❱λ»▶⟩›⚡]|╰─+[❯➤$#>]?|└─+[❯➤$#>]?|╰[❯➤])\s*[$#]?\s+/u;
/** BusyBox and Alpine: `/ # `, `/prometheus $ `, `~ # `. */
const busybox = /^(?<cwd>~|\/[\w./-]{0,100}) [#$](?:\s+|$)/u;
const versioned = /^(?:bash|sh|ash|zsh|dash|ksh)-?\d[\d.]{0,8}[a-z]?[$#](?:\s+|$)/u;
/** `root:~# `, `~/dir$ `, `mon:~$ `, and `:~# ` where user and host were cut off. */
const folderOnly =
  /^(?:(?<host>[A-Za-z0-9][\w.-]{0,63})?:)?(?<cwd>~(?:\/[\w./-]{0,100})?|\/[\w./-]{1,100})[$#%](?:\s+|$)/u;
/** `host% `, `host# `, `host$ `, `host> `. */
const hostOnly = /^(?<host>[A-Za-z][\w.-]{0,63})[%#$>] /u;
/** Powerline: segments end in private glyphs; the command stands behind the last one. */
const powerline = /^[^\n]{0,200}[\ue0b0\ue0b1\ue0c0\ue0c6\ue0c8]\s*(?=[^\ue0b0-\ue0d4]*$)/u;
const single = /^(?<sign>[$#>%])\s+(?=\S)/u;
const trace = /^\++\s(?=\S)/u;

/** The lower line of a two-line prompt. */
const lowerLine = /^[└╰]─+[❯➤$#>](?:\s+|$)/u;

/** Shapes that need no command behind them. */
const certain = [atHost, bracketed, powershell, lowerLine];
/** Shapes that count only with a known command behind them. */
const likely = [cmdExe, arrow, glyph, busybox, versioned, folderOnly, powerline, hostOnly];

/** Every shape above ends in or is one of these; most lines of a log hold none, and need no further look. */
const anySign = /^\+|[$#>%➜→❯❱λ»▶⟩›⚡➤└╰\ue0b0\ue0b1\ue0c0\ue0c6\ue0c8]/u;

export function parsePrompt(text: string): Prompt | undefined {
  const line = text.trimStart();
  const indent = text.length - line.length;
  if (indent > 12 || line === "") return undefined;
  const head = line.slice(0, longestPrefix);
  if (!anySign.test(head)) return undefined;
  const decorated = undecorate(head);
  const offset = head.length - decorated.length;
  for (const shape of certain) {
    const match = shape.exec(decorated);
    if (match) return promptOf("strong", line, offset + match[0].length, match.groups);
  }
  for (const shape of likely) {
    const match = shape.exec(decorated);
    if (!match) continue;
    const found = promptOf("strong", line, offset + match[0].length, match.groups);
    if (isCommandLine(found.command)) return found;
  }
  return singleSign(line, decorated, offset);
}

/** The upper line of a two-line prompt: `┌──(kali㉿box)-[~/dir]`, `╭─user@host ~/dir`. */
export function parsePromptTop(line: string): { user?: string; host?: string } | undefined {
  if (!/^[┌╭]/.test(line)) return undefined;
  const match = /^[┌╭][─-]*\(?\[?(?<user>[\w.-]{1,40})[@㉿](?<host>[\w.-]{1,64})/u.exec(
    line.slice(0, longestPrefix),
  );
  return match?.groups;
}

function undecorate(head: string): string {
  let rest = head;
  for (let i = 0; i < 4; i++) {
    const match = decoration.exec(rest);
    if (!match) break;
    rest = rest.slice(match[0].length);
  }
  return rest;
}

function singleSign(line: string, decorated: string, offset: number): Prompt | undefined {
  const match = single.exec(decorated);
  if (match) {
    const sign = match.groups?.sign;
    const kind = sign === "#" ? "hash" : sign === ">" ? "angle" : "dollar";
    const found = promptOf(kind, line, offset + match[0].length, {});
    // `$ ` opens no other kind of line, so the program need not be a known one; the rest must not read like prose.
    const isTyped = sign === "$" ? /^[\w./~({"'!-]/.test(found.command) : isCommandLine(found.command);
    return isTyped ? found : undefined;
  }
  const traced = offset === 0 ? trace.exec(decorated) : undefined;
  if (!traced) return undefined;
  const found = promptOf("trace", line, traced[0].length, {});
  return isCommandLine(found.command) ? found : undefined;
}

/** zsh shows the last exit status or the time at the right edge: `…      1 ↵`, `…      [10:31:02]`. */
function withoutRightPrompt(command: string): string {
  return command.replace(/ {4,}(?:\d{1,3} ?[↵⏎✘]|\[?\d{1,2}:\d{2}:\d{2}(?: [AP]M)?\]?)$/u, "").trimEnd();
}

function promptOf(
  kind: Prompt["kind"],
  line: string,
  length: number,
  groups: Readonly<Record<string, string | undefined>> | undefined,
): Prompt {
  const cwd = groups?.cwd ?? groups?.cwd2;
  return {
    kind,
    prefix: line.slice(0, length).trimEnd(),
    command: withoutRightPrompt(line.slice(length).trim()),
    ...(groups?.user ? { user: groups.user } : {}),
    ...(groups?.host ? { host: groups.host } : {}),
    ...(cwd ? { cwd: cwd.trim() } : {}),
  };
}
