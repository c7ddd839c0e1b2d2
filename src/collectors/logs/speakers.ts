// Whose lines follow: what the source says at its beginning, and where lines inside it change the speaker.
import { readLogCommand } from "./command.ts";
import { type Speaker, speakerChange, speakerOfPath, type TextOrigin } from "./origin.ts";
import type { BareLine } from "./prefix.ts";
import { openStream, type Stream } from "./stream.ts";

const mostStreams = 1_000;
const mostChanges = 10_000;

export class Speakers {
  readonly isLog: boolean;
  readonly #origin: TextOrigin;
  readonly #streams = new Map<string, Stream>();
  readonly #changes: { readonly from: number; readonly speaker: Speaker }[] = [];
  readonly #numbers = new Map<string, number>();
  #number = 0;

  /** Key of the stream of lines that carry no name. */
  readonly #unnamed: string;

  constructor(origin: TextOrigin) {
    const command = readLogCommand(origin.command);
    const { hints } = origin;
    const host = command?.host ?? origin.host ?? hints?.host;
    const pod = command?.pod ?? hints?.pod;
    const container = command?.container ?? hints?.container;
    const namespace = command?.namespace ?? hints?.namespace;
    const previous = command?.previous ?? hints?.previous;
    this.isLog = command !== undefined;
    this.#origin = origin;
    const first: Speaker = {
      ...(origin.path ? speakerOfPath(origin.path) : {}),
      ...(namespace ? { namespace } : {}),
      ...(pod ? { pod } : {}),
      ...(container ? { container } : {}),
      ...(command?.unit ? { process: command.unit } : {}),
      ...(host ? { host } : {}),
      ...(previous ? { previous } : {}),
    };
    this.#change(0, first);
    this.#unnamed = keyOf(first);
  }

  /** A number per speaker: lines of different speakers are different messages. */
  get number(): number {
    return this.#number;
  }

  isChange(text: string): boolean {
    return speakerChange(text, {}) !== undefined;
  }

  /** True when the line only says whose lines follow. */
  follow(text: string, index: number): boolean {
    const next = speakerChange(text, this.#at(index));
    if (!next) return false;
    if (this.#changes.length < mostChanges) this.#change(index, next);
    return true;
  }

  streamOf(bare: BareLine, index: number): Stream {
    const current = this.#at(index);
    const speaker: Speaker = { ...current, ...named(bare) };
    const key = keyOf(speaker);
    const known =
      this.#streams.get(key) ?? (this.#streams.size >= mostStreams ? this.#streams.get("") : undefined);
    if (known) return known;
    const id = `${this.#origin.source}:${this.#origin.startLine}`;
    const isFull = this.#streams.size >= mostStreams;
    const own = isFull ? { ...(current.host ? { host: current.host } : {}) } : speaker;
    const stream = openStream(
      key === this.#unnamed || isFull ? id : `${id}#${key}`,
      own,
      this.#origin.hints?.component,
    );
    this.#streams.set(isFull ? "" : key, stream);
    return stream;
  }

  #change(from: number, speaker: Speaker): void {
    this.#changes.push({ from, speaker });
    const key = JSON.stringify(speaker);
    this.#number = this.#numbers.get(key) ?? this.#numbers.size;
    this.#numbers.set(key, this.#number);
  }

  #at(index: number): Speaker {
    let low = 0;
    let high = this.#changes.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((this.#changes[middle]?.from ?? 0) <= index) low = middle;
      else high = middle - 1;
    }
    return this.#changes[low]?.speaker ?? {};
  }
}

function keyOf({ namespace, pod, container, host, process }: Speaker): string {
  return [namespace, pod, container, host, process].join("/");
}

function named({ namespace, pod, container, host, process }: BareLine): Speaker {
  return {
    ...(namespace ? { namespace } : {}),
    ...(pod ? { pod } : {}),
    ...(container ? { container } : {}),
    ...(host ? { host } : {}),
    ...(process ? { process } : {}),
  };
}
