// Reading what a host answered: text with its proof, or why there is none.

import type { Place, Proof } from "../../model/place.ts";
import type { HostInput, PreflightDraft } from "../../model/preflight.ts";
import { quoteWords } from "../../model/quote.ts";
import type { StackHost } from "../../model/stack-file.ts";

export interface Answered {
  readonly text: string;
  readonly source: string;
}

/** The answer, or the draft that says why it is not known. */
export function answered(
  { sight, host }: HostInput,
  question: string,
  what: string,
): { readonly answer: Answered } | { readonly draft: PreflightDraft } {
  const answer = sight.answers.get(question);
  if (answer && "text" in answer) return { answer };
  const detail = answer?.detail ?? "the host has no program that tells it";
  return {
    draft: {
      host: host.name,
      state: "unknown",
      says: `${what} is not known: ${detail}`,
      next: answer?.next ?? `${sshTo(host)}   # and look at it by hand`,
    },
  };
}

/** The line that says it. */
export function quote({ text, source }: Answered, holds: (line: string) => boolean): readonly Proof[] {
  const lines = text.split("\n");
  const at = lines.findIndex(holds);
  return at === -1 ? [] : [{ source, line: at + 1, excerpt: (lines[at] ?? "").slice(0, 400) }];
}

export function proofAt(at: Place, excerpt: string): readonly Proof[] {
  return [{ ...at, excerpt }];
}

export function ofHost<Fact extends { readonly host?: string }>(
  facts: readonly Fact[],
  host: { readonly name: string },
): readonly Fact[] {
  return facts.filter((fact) => fact.host === host.name);
}

/** Bytes as people write them. */
export function bytesText(bytes: number): string {
  const units = ["B", "kB", "MB", "GB", "TB"];
  const step = Math.min(units.length - 1, Math.max(0, Math.floor(Math.log10(Math.max(1, bytes)) / 3)));
  return `${(bytes / 1000 ** step).toFixed(step === 0 ? 0 : 1)} ${units[step]}`;
}

/** How a person gets there: as the model says it. */
export function sshTo({ address, ssh }: StackHost): string {
  const way = [
    ...(ssh.jump === undefined ? [] : ["-J", ssh.jump]),
    ...(ssh.key === undefined ? [] : ["-i", ssh.key]),
    ...(ssh.port === undefined ? [] : ["-p", String(ssh.port)]),
    ssh.user === undefined ? address : `${ssh.user}@${address}`,
  ];
  return `ssh ${quoteWords(way)}`;
}
