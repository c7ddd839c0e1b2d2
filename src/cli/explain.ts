// `explain RULE` and `rules`: the metadata of the rules, for people.
import { exitCodes, UserError } from "../model/errors.ts";
import { renderExplanation, renderRuleList } from "../report/explain.ts";
import { rules } from "../rules/registry.ts";
import { deliver, terminalStyle } from "./output.ts";

export function explain(id: string, options: { readonly color: boolean }): number {
  const rule = rules.find((candidate) => candidate.id === id);
  if (!rule) throw new UserError("unknown-rule", `no rule is called "${id}"${suggestion(id)}`, "List them with: watchmend rules");
  deliver(renderExplanation(rule, rules, terminalStyle(options)), undefined);
  return exitCodes.clean;
}

export function listRules(filter: string | undefined, options: { readonly color: boolean }): number {
  const wanted = rules.filter((rule) => !filter || `${rule.id} ${rule.title}`.toLowerCase().includes(filter.toLowerCase()));
  if (wanted.length === 0) throw new UserError("unknown-rule", `no rule mentions "${filter}"`, "List all with: watchmend rules");
  deliver(renderRuleList(wanted, terminalStyle(options)), undefined);
  return exitCodes.clean;
}

/** The rules that share most of the words that were asked for. */
function suggestion(id: string): string {
  const words = id.toLowerCase().split(/[^a-z0-9]+/).filter((word) => word.length > 2);
  const scored = rules.map((rule) => ({ id: rule.id, score: words.filter((word) => rule.id.includes(word)).length }));
  const best = scored.filter((entry) => entry.score > 0).sort((a, b) => b.score - a.score || (a.id < b.id ? -1 : 1));
  const [first] = best;
  return first ? `; did you mean ${first.id}?` : "";
}
