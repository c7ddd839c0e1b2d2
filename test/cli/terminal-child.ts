// Asks on the terminal it was started on, as `remediate` does, and prints which steps were agreed to.
import { askingConsent, terminalAsker } from "../../src/cli/consent.ts";
import type { Finding } from "../../src/model/finding.ts";
import type { Step } from "../../src/model/plan.ts";
import type { Round } from "../../src/model/remediation.ts";
import type { Report } from "../../src/model/report.ts";

const steps = ["prometheus", "loki", "grafana"].map(
  (name): Step => ({
    do: "restart",
    title: `Restart ${name}`,
    what: { kind: "container", host: "server", name },
  }),
);
const findings = steps.map(
  (step, i): Finding => ({
    id: `f${i}`,
    rule: "docker/container-stopped",
    role: "root",
    severity: "critical",
    certainty: "proven",
    component: "prometheus",
    layer: "runtime",
    subject: { kind: "component", id: `server/${i}` },
    title: "It does not run",
    says: `container ${i} was stopped`,
    proof: [{ source: "docker ps", line: 7, excerpt: `Exited (0) ${i}` }],
    explains: [],
    explainedBy: [],
    rivals: [],
    fix: { summary: "start it", risk: "disruptive", steps: [step] },
  }),
);
const preview = steps.map((step) => ({ step, state: "done" as const, before: "exited", after: "started" }));
const round: Round = {
  number: 1,
  report: {} as Report,
  plan: { findings, steps, withoutFix: [] },
  preview,
  surfaced: [],
};
const asker = terminalAsker();
const agreed = await askingConsent(asker, { color: false })(round);
asker.close();
process.stdout.write(`tty ${process.stdin.isTTY} agreed ${JSON.stringify([...agreed])}\n`);
