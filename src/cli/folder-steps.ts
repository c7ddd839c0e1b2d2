// `--files`: the same causes, repaired in the files that the next deployment will bring.
import { resolve } from "node:path";
import type { EvidenceItem } from "../bundle/source-text.ts";
import { analysisOfItems, type ReportOptions } from "../diagnose/diagnose.ts";
import type { Finding } from "../model/finding.ts";
import type { Step } from "../model/plan.ts";
import type { Report } from "../model/report.ts";
import { folderHost } from "../plan/transaction/doors.ts";
import { stepsOfFolder } from "../plan/transaction/locate-live.ts";

/**
 * The report with fixes that reach into the folder. The files are judged alone, and together with what is seen live: a
 * playbook is only wrong where its consequence is seen.
 */
export async function withFolderSteps(
  report: Report,
  live: readonly EvidenceItem[],
  readFolder: (folder: string) => Promise<readonly EvidenceItem[]>,
  folder: string,
  options: ReportOptions,
): Promise<Report> {
  const files = await readFolder(folder);
  const sources = new Set(files.flatMap((item) => ("source" in item ? [item.source] : [])));
  const taken = new Set(live.flatMap((item) => ("source" in item ? [item.source] : [])));
  const fresh = files.filter((item) => !("source" in item) || !taken.has(item.source));
  const judged = [
    (await analysisOfItems(files, options)).analysis.report,
    (await analysisOfItems([...live, ...fresh], options)).analysis.report,
  ];
  const inFolder = (rule: string): readonly Step[] =>
    stepsOfFolder(
      judged
        .flatMap(({ findings }) =>
          findings.filter((one) => one.rule === rule).flatMap(({ fix }) => fix?.steps ?? []),
        )
        .filter((step) => isOf(step, sources)),
      resolve(folder),
      folderHost,
    );
  return { ...report, findings: report.findings.map((finding) => extended(finding, inFolder(finding.rule))) };
}

function isOf(step: Step, sources: ReadonlySet<string>): boolean {
  return "file" in step && sources.has(step.file.source);
}

function extended(finding: Finding, extra: readonly Step[]): Finding {
  const { fix } = finding;
  if (!fix || extra.length === 0) return finding;
  const known = new Set(fix.steps.map(keyOf));
  const fresh: Step[] = [];
  for (const step of extra) {
    const key = keyOf(step);
    if (!known.has(key)) fresh.push({ ...step, title: `${step.title}, in the files` });
    known.add(key);
  }
  return { ...finding, fix: { ...fix, steps: [...fix.steps, ...fresh] } };
}

function keyOf({ title: _title, ...step }: Step): string {
  return JSON.stringify(step);
}
