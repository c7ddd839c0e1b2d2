// Configuration that does not parse and that no rule speaks of: it was not looked at, and the report must say so.

import type { Gap } from "../model/evidence.ts";
import type { FactSet } from "../model/facts.ts";
import type { Candidate } from "./candidate.ts";

export function unparsedGaps(factSet: FactSet, candidates: readonly Candidate[]): Gap[] {
  const told = new Set(
    candidates.flatMap(({ proof }) => proof.map(({ source, line }) => `${source}:${line}`)),
  );
  return factSet.facts["config.documents"].flatMap(
    ({ parseError, template, path, embeddedIn, at }): Gap[] => {
      if (!parseError || template || told.has(`${parseError.at.source}:${parseError.at.line}`)) return [];
      const what = embeddedIn
        ? `${embeddedIn.kind} ${embeddedIn.name}: ${embeddedIn.key}`
        : (path ?? at.source);
      return [{ what, because: "unparseable", detail: parseError.message, at: parseError.at }];
    },
  );
}
