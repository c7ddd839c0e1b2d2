// The report as JSON: exactly `watchmend.report/v1`, keys always in the order of the contract.
import type { Finding } from "../model/finding.ts";
import type { Report } from "../model/report.ts";

export function renderJson(report: Report): string {
  return `${JSON.stringify(inContractOrder(report), undefined, 2)}\n`;
}

function inContractOrder(report: Report): Report {
  const { rules, missing } = report.coverage;
  return {
    schema: report.schema,
    tool: { version: report.tool.version },
    verdict: report.verdict,
    coverage: {
      rules: {
        evaluated: rules.evaluated,
        inconclusive: rules.inconclusive,
        notApplicable: rules.notApplicable,
      },
      missing: missing.map((gap) => pick(gap, ["what", "because", "decideWith"])),
    },
    stack: {
      components: report.stack.components.map((component) =>
        pick(component, ["id", "kind", "name", "namespace", "host", "version"]),
      ),
      relations: report.stack.relations.map((relation) =>
        pick(relation, ["from", "to", "kind", "works", "label"]),
      ),
    },
    findings: report.findings.map(orderFinding),
    links: report.links.map((link) => pick(link, ["from", "to", "mechanism"])),
  };
}

function orderFinding(finding: Finding): Finding {
  return {
    ...pick(finding, ["id", "rule", "role", "severity", "certainty", "component", "layer"]),
    subject: pick(finding.subject, ["kind", "id"]),
    ...pick(finding, ["title", "says"]),
    proof: finding.proof.map((proof) => pick(proof, ["source", "line", "pointer", "excerpt"])),
    explains: [...finding.explains],
    explainedBy: [...finding.explainedBy],
    rivals: finding.rivals.map((rival) => pick(rival, ["rule", "state", "because", "decideWith"])),
    ...pick(finding, ["decideWith"]),
    ...(finding.fix ? { fix: pick(finding.fix, ["summary", "risk", "steps"]) } : {}),
  };
}

/** The named keys in this order; keys that are absent or undefined are left out. */
function pick<T extends object, const Keys extends readonly (keyof T)[]>(
  from: T,
  keys: Keys,
): Pick<T, Keys[number]> {
  const picked = {} as Pick<T, Keys[number]>;
  for (const key of keys) {
    if (from[key] !== undefined) picked[key as Keys[number]] = from[key];
  }
  return picked;
}
