// The one line everything comes down to, in the same words in every format.
import type { Report } from "../model/report.ts";
import { withRole } from "./story.ts";

export function count(number: number, one: string, many = `${one}s`): string {
  return `${number} ${number === 1 ? one : many}`;
}

export function verdictLine(report: Report): string {
  const blind = report.coverage.missing.length;
  const notSeen = blind > 0 ? `; could not look at ${count(blind, "thing")}` : "";
  return `${whatWasFound(report)}${notSeen}`;
}

function whatWasFound(report: Report): string {
  const roots = withRole(report, "root").length;
  const symptoms = withRole(report, "symptom").length;
  const latent = withRole(report, "latent").length;
  const notices = withRole(report, "notice").length;
  const parts = [
    roots > 0 ? count(roots, "root cause") : "",
    symptoms > 0 ? count(symptoms, "symptom") : "",
    latent > 0 ? `${latent} latent` : "",
    notices > 0 ? count(notices, "notice") : "",
  ].filter(Boolean);
  if (report.verdict === "healthy") return ["healthy", ...parts].join(", ");
  if (report.verdict === "unknown")
    return parts.length > 0 ? `could not tell: ${parts.join(", ")}` : "could not tell";
  return parts.join(", ") || "problems";
}

/** What was read and judged, for reports that need to say how much a clean result is worth. */
export function lookedAt(report: Report): string {
  const { evaluated, inconclusive, notApplicable } = report.coverage.rules;
  const components = report.stack.components.length;
  return [
    components > 0 ? `recognised ${count(components, "component")}` : "recognised no component",
    `${count(evaluated, "rule")} evaluated`,
    ...(inconclusive > 0 ? [`${inconclusive} could not tell`] : []),
    ...(notApplicable > 0 ? [`${notApplicable} not applicable`] : []),
  ].join(", ");
}
