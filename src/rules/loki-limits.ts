// Limits of Loki as they stand in the configuration, with the sizes a refusal names; shared by the rules about refused pushes.
import type { Place } from "../model/place.ts";
import { parseBytes } from "../stack/quantity.ts";
import { placedNumber, placedText } from "../stack/setting.ts";
import type { LokiSettings } from "./loki-settings.ts";

export interface Limit {
  readonly text: string;
  readonly at: Place;
}

/** A key of limits_config, where some configuration sets it. */
export function limitOf(settings: readonly LokiSettings[], key: string): Limit | undefined {
  for (const { doc } of settings) {
    const set = placedText(doc, "limits_config", key);
    if (set) return { text: set.value, at: set.at };
  }
  return undefined;
}

const mebibyte = 1024 ** 2;

/** ingestion_burst_size_mb in bytes; 6 MB when nobody sets it (pkg/validation/limits.go). */
export function burstBytes(settings: readonly LokiSettings[]): { bytes: number; at?: Place } {
  for (const { doc } of settings) {
    const set = placedNumber(doc, "limits_config", "ingestion_burst_size_mb");
    if (set) return { bytes: set.value * mebibyte, at: set.at };
  }
  return { bytes: 6 * mebibyte };
}

/** `4194304` → `4 MB`; `3MB` as it stands. */
export function sizeWords(text: string | undefined): string {
  if (text === undefined) return "the limit";
  const bytes = parseBytes(text);
  if (bytes === undefined || !/^\d+$/.test(text)) return text;
  return `${Math.round((bytes / mebibyte) * 10) / 10} MB`;
}

/** Bytes of the refused batch, as the answer names them. */
export function refusedBytes(text: string): number | undefined {
  const bytes = /lines totaling '?(\d{1,15})'? bytes/.exec(text)?.[1];
  return bytes === undefined ? undefined : Number(bytes);
}

/** The labels of the stream in a refusal: `{app="x", pod="y"}`. */
export function streamOf(text: string): string | undefined {
  return /\{[^{}]{1,600}\}/.exec(text.replaceAll("\\", ""))?.[0];
}
