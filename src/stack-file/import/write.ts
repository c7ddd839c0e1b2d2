// An imported stack as text: a file that people go on with, so it says what it left out and why.
import { stringify } from "yaml";
import { type Fault, faultText } from "../fault.ts";
import type { StackFileInput } from "../schema.ts";
import type { ImportNote } from "./draft.ts";

export function noteText({ at, what, because }: ImportNote): string {
  const where = at === undefined ? "" : `${at.source}${at.line === undefined ? "" : `:${at.line}`}: `;
  return `${where}${what}: ${because}`;
}

export function writeStackFile(
  input: StackFileInput,
  notes: readonly ImportNote[],
  sources: readonly string[],
): string {
  const body = stringify(input, { lineWidth: 0, aliasDuplicateObjects: false });
  const head = [
    "# The monitoring stack, described once. watchmend render, lint, plan and apply read it.",
    `# Imported from ${sources.join(", ")}.`,
  ];
  const left =
    notes.length === 0
      ? []
      : [
          "",
          "# Not carried over, or to be looked at:",
          ...notes.map((one) => `# - ${oneLine(noteText(one))}`),
        ];
  return `${head.join("\n")}\n${body}${left.join("\n")}${left.length === 0 ? "" : "\n"}`;
}

function oneLine(text: string): string {
  return text.replace(/\s+/g, " ").slice(0, 500);
}

/** What a person still has to fill in, as the file's own checks say it. */
export function openPoints(file: string, faults: readonly Fault[]): readonly string[] {
  return faults.map((fault) => faultText(file, fault));
}

/** A file to begin with, when there is nothing to import. */
export function starterFile(answers: {
  readonly name: string;
  readonly server: string;
  readonly agents: readonly string[];
}): string {
  const agents = answers.agents.map((address, i) => `  agent-${i + 1}:\n    address: ${address}\n`).join("");
  return `# The monitoring stack, described once. watchmend render, lint, plan and apply read it.
# Every key: docs/model.md. Editors complete them with schema/watchmend.yaml.schema.json.
schema: watchmend.stack/v1
name: ${answers.name}

hosts:
  # server: Prometheus, Loki, Grafana, Alertmanager. agent: node-exporter, cAdvisor, Alloy.
  monitoring:
    address: ${answers.server}
    roles: [server, agent]
${
  agents === ""
    ? `  # jenkins-1:
  #   address: 10.0.0.21
  #   labels:
  #     role: jenkins-vm
  #   absence: sleeping        # may be off, which is no alarm; behind-nat: its agents push
`
    : agents
}
# Pins, ports, retention. What is not written has the version this watchmend was tested with.
# components:
#   prometheus:
#     retention:
#       time: 30d
#   grafana:
#     admin_password: \${env:GRAFANA_ADMIN_PASSWORD}

# Whatever else exposes metrics.
# scrape:
#   - job: jenkins
#     hosts: [jenkins-1]
#     port: 8080
#     path: /prometheus/

# logs:
#   files:
#     - name: jenkins-builds
#       path: /var/lib/jenkins/jobs/*/builds/*/log
#       hosts: [jenkins-1]

# alerting:
#   receivers:
#     - name: ops
#       webhook:
#         url: http://10.0.0.10:5001/hook
`;
}
