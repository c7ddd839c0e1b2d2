// The report with some findings left out: nothing that remains names what is gone.
import type { Finding } from "../model/finding.ts";
import type { Report, Verdict } from "../model/report.ts";

export function narrowReport(report: Report, findings: readonly Finding[], verdict: Verdict): Report {
  const ids = new Set(findings.map((finding) => finding.id));
  return {
    ...report,
    verdict,
    findings: findings.map((finding) => ({
      ...finding,
      explains: finding.explains.filter((id) => ids.has(id)),
      explainedBy: finding.explainedBy.filter((id) => ids.has(id)),
    })),
    links: report.links.filter((link) => ids.has(link.from) && ids.has(link.to)),
  };
}
