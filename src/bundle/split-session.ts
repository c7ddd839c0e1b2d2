// Cuts a pasted terminal session, or notes with code blocks, into one segment per command, file or note.
import type { Segment } from "../model/evidence.ts";
import { type CleanText, dedent } from "./clean-text.ts";
import { readCommand, surroundings, type TypedCommand } from "./command-lines.ts";
import { type FileShape, fileShape } from "./file-shape.ts";
import { type Heading, parseBannerHeading, parseHeading } from "./headings.ts";
import { acceptedPrompts } from "./prompt-lines.ts";
import { proseStart } from "./prose.ts";
import { describeCommand, perHostCommand, type ShellPlace, Shells } from "./shells.ts";
import type { SourceOrigin } from "./source-text.ts";
import { configEdges } from "./split-config.ts";

/** Where the lines of one segment are and what is known about them. */
interface Piece extends ShellPlace {
  readonly from: number;
  readonly command?: string;
  readonly commandAt?: number;
  readonly path?: string;
  readonly inPost?: true;
}

export function splitSession(clean: CleanText, origin: SourceOrigin): readonly Segment[] {
  const { lines } = clean;
  const shape = clean.fenced.size > 0 ? "free" : fileShape(lines);
  const prompts = shape === "script" || shape === "document" ? new Map() : acceptedPrompts(lines, shape);
  const session = new Session(clean, origin, shape, prompts.size > 0);
  const text = surroundings(lines, (at) => prompts.has(at));
  let i = 0;
  while (i < lines.length) {
    const prompt = prompts.get(i);
    if (prompt) {
      const typed = readCommand(text, i, prompt);
      session.command(typed, i);
      i = typed.next;
      continue;
    }
    session.line(i);
    i++;
  }
  return session.finish();
}

function isHostName(title: string | undefined): title is string {
  return title !== undefined && /^[A-Za-z0-9][\w.-]{0,63}$/.test(title);
}

/** A file of configuration was saved under its own name; a post is a text or has no name. */
function isFileName(source: string): boolean {
  return /\.(?:ya?ml|json|toml|ini|conf|cfg|alloy|river|tpl|j2|tf|service|env|rules)$/i.test(source);
}

/** Collects the pieces while the lines go by. */
class Session {
  readonly #clean: CleanText;
  readonly #origin: SourceOrigin;
  readonly #shape: FileShape;
  readonly #hasPrompts: boolean;
  readonly #segments: Segment[] = [];
  readonly #shells = new Shells();
  /** What a loop or Ansible runs on every host; the headings in its output name the hosts. */
  #perHost: { readonly command: string; readonly at: number } | undefined;
  #piece: Piece = { from: 0 };

  constructor(clean: CleanText, origin: SourceOrigin, shape: FileShape, hasPrompts: boolean) {
    this.#hasPrompts = hasPrompts;
    this.#clean = clean;
    this.#origin = origin;
    this.#shape = shape;
  }

  /** A line that is no prompt: a heading or fence starts a new piece, all else belongs to the current one. */
  line(i: number): void {
    const text = this.#clean.lines[i] ?? "";
    const heading = this.#headingAt(i, text);
    if (heading) {
      this.#cut(i, { from: i });
      if (heading.isNote) this.#cut(i + 1, { from: i + 1 });
      this.#piece = { ...this.#fromHeading(heading, i), from: i + 1 };
    } else if (this.#clean.cuts.has(i)) {
      this.#fence(i);
    } else if (this.#startsDocument(i, text)) {
      this.#cut(i, { from: i });
    } else if (this.#shells.topLine(text)) {
      this.#cut(i, { from: i + 1 });
    }
  }

  /** `kubectl cluster-info dump` prints one JSON document after the other. */
  #startsDocument(i: number, text: string): boolean {
    if ((text !== "{" && text !== "[") || i === 0) return false;
    const before = this.#clean.lines[i - 1] ?? "";
    return (before === "}" || before === "]") && this.#piece.command === undefined;
  }

  /** The opening fence keeps what the label above it said; the closing one ends the block. */
  #fence(i: number): void {
    const opens = this.#clean.fenced.has(i + 1) && !this.#clean.fenced.has(i - 1);
    const label = opens && this.#isEmptySoFar(i) ? this.#piece : opens ? this.#labelAbove(i) : undefined;
    // A label without a word below it speaks of the block; it is no command without output.
    if (label === this.#piece) this.#piece = { ...label, from: i + 1 };
    else this.#cut(i, { ...label, from: i + 1 });
  }

  #isEmptySoFar(i: number): boolean {
    for (let at = this.#piece.from; at < i; at++)
      if ((this.#clean.lines[at] ?? "").trim() !== "") return false;
    return true;
  }

  /** `docker-compose.yml:` or "output of docker ps" as the last words of a note name the block below. */
  #labelAbove(i: number): Piece | undefined {
    for (let at = i - 1; at >= Math.max(this.#piece.from, i - 3); at--) {
      const text = this.#clean.lines[at] ?? "";
      if (text.trim() === "") continue;
      const heading = parseHeading(text);
      return heading ? this.#fromHeading(heading, at) : undefined;
    }
    return undefined;
  }

  #headingAt(i: number, text: string): Heading | undefined {
    if (this.#shape === "script" || this.#shape === "document") return undefined;
    if (this.#shape !== "free" || this.#clean.fenced.has(i)) return parseBannerHeading(text);
    const heading = parseHeading(text);
    if (!heading || heading.kind === "banner") return heading;
    return this.#isComment(i, text, heading) ? undefined : heading;
  }

  /** `# words` is a comment where it sticks to its neighbours, or where nothing else makes the text a set of notes. */
  #isComment(i: number, text: string, heading: Heading): boolean {
    if (!text.startsWith("#")) return false;
    const { lines, cuts } = this.#clean;
    if ((lines[i + 1] ?? "").startsWith("#") || (lines[i - 1] ?? "").startsWith("#")) return true;
    if (!heading.isNote) return false;
    return (cuts.size === 0 && !this.#hasPrompts) || (lines[i - 1] ?? "").trim() !== "";
  }

  #fromHeading(heading: Heading, at: number): Piece {
    const each = heading.command === undefined && heading.path === undefined ? this.#perHost : undefined;
    const loopHost = each && isHostName(heading.title) ? heading.title : undefined;
    const command = heading.command ?? (heading.host || loopHost ? each?.command : undefined);
    const described = command ? describeCommand(command, undefined) : undefined;
    const host = heading.host ?? loopHost ?? described?.host;
    if (loopHost && host) return { ...described, from: at + 1, host, commandAt: each?.at ?? at + 1 };
    return {
      from: at + 1,
      ...described,
      ...(command ? { commandAt: heading.command ? at + 1 : (each?.at ?? at + 1) } : {}),
      ...(heading.path ? { path: heading.path } : {}),
      ...(host ? { host } : {}),
      ...(heading.hints ? { hints: { ...described?.hints, ...heading.hints } } : {}),
    };
  }

  command(typed: TypedCommand, i: number): void {
    const place = this.#shells.prompt(typed);
    const each = perHostCommand(typed.command);
    this.#perHost = each ? { command: each, at: i + 1 } : undefined;
    this.#cut(i, { from: typed.next });
    for (const file of typed.files) this.#writtenFile(file, place);
    if (typed.command === "") return;
    this.#piece = { ...place, commandAt: i + 1, from: typed.next };
  }

  /** What a heredoc wrote is a file of its own. */
  #writtenFile(file: TypedCommand["files"][number], place: ShellPlace & { command?: string }): void {
    const { path: _path, ...where } = place;
    this.#push(
      { ...where, from: file.from, ...(file.path?.startsWith("/") ? { path: file.path } : {}) },
      file.to,
      file.strip,
      file.path,
    );
  }

  finish(): readonly Segment[] {
    this.#cut(this.#clean.lines.length, { from: this.#clean.lines.length });
    return this.#segments;
  }

  #cut(to: number, next: Piece): void {
    const piece = this.#piece;
    const note = piece.command === undefined ? undefined : proseStart(this.#clean.lines, piece.from, to);
    this.#pushParts(piece, note ?? to);
    if (note !== undefined) this.#push({ from: note }, to);
    this.#piece = next;
  }

  /** Files between sentences are files; what a command or a label names is the first of them. */
  #pushParts(piece: Piece, to: number): void {
    const edges = this.#isFree ? configEdges(this.#clean.lines, piece.from, to) : [];
    const [first = to] = edges;
    this.#push(piece, first);
    edges.forEach((edge, i) => {
      this.#push(
        { from: edge, inPost: true, ...(piece.host ? { host: piece.host } : {}) },
        edges[i + 1] ?? to,
      );
    });
  }

  /** Neither a script nor one document, and nothing tells where it lies on a host. */
  get #isFree(): boolean {
    if (this.#origin.path !== undefined || isFileName(this.#origin.source)) return false;
    return this.#shape === "free" || this.#shape === "config";
  }

  #push(piece: Piece, to: number, strip?: RegExp, file?: string): void {
    const { lines } = this.#clean;
    let from = piece.from;
    let end = to;
    while (from < end && (lines[from] ?? "").trim() === "") from++;
    while (end > from && (lines[end - 1] ?? "").trim() === "") end--;
    if (from === end && piece.command === undefined) return;
    const block = lines.slice(from, end).map((line) => (strip ? line.replace(strip, "") : line));
    if (from > 0 || end < lines.length) dedent(block, 0, block.length);
    const { from: _from, hints: _hints, ...known } = piece;
    const { host, path, hints, command, source } = this.#origin;
    const merged = {
      ...hints,
      ...piece.hints,
      ...(file && !file.startsWith("/") ? { file: file.slice(file.lastIndexOf("/") + 1) } : {}),
    };
    this.#segments.push({
      source,
      startLine: from === end ? (piece.commandAt ?? from + 1) : from + 1,
      text: block.join("\n"),
      ...(command ? { command } : {}),
      ...(host ? { host } : {}),
      // blank lines at either end belong to the file, too
      ...(path && piece.from === 0 && to === lines.length ? { path } : {}),
      ...known,
      ...(Object.keys(merged).length > 0 ? { hints: merged } : {}),
    });
  }
}
