// What reading hands over: small texts whole, large ones as streams, and what could not be read.
import type { Gap, NameHints } from "../model/evidence.ts";

export interface SourceOrigin {
  /** Path relative to what was read (always with `/`), or the locator a bundle's manifest gives. */
  readonly source: string;
  readonly command?: string;
  readonly host?: string;
  /** Absolute path on that host, when the folder layout or a manifest tells. */
  readonly path?: string;
  readonly hints?: NameHints;
}

/** A text that is small enough to be held, as raw bytes. */
export interface SourceText extends SourceOrigin {
  readonly kind: "text";
  readonly bytes: Uint8Array;
}

/** A text that is too large to be held. `open` may be called again, also after reading has gone on. */
export interface SourceStream extends SourceOrigin {
  readonly kind: "stream";
  /** Unknown while only unpacking would tell. */
  readonly sizeBytes?: number;
  open(): AsyncIterable<Uint8Array>;
}

export interface SourceGap {
  readonly kind: "gap";
  readonly gap: Gap;
}

export type EvidenceItem = SourceText | SourceStream | SourceGap;
