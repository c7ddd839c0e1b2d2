// tasks.NAME exists only in Docker Swarm.
import type { FindingDraft } from "../../../model/finding.ts";
import { compilePattern } from "../../../model/pattern.ts";
import { defineRule } from "../../../model/rule.ts";
import { listAt, placeOf, textAt } from "../../../stack/config-value.ts";
import { filesOf, ownerOf, readAgain, repair, replaceValues, valuesIn } from "../../change-configuration.ts";
import { matches } from "../../line-match.ts";

const texts = [
  "docker-compose up",
  "docker compose up",
  "docker stack deploy",
  "docker swarm",
  "lookup tasks.{name}",
];
const patterns = texts.map(compilePattern);

export const rule = defineRule({
  id: "prometheus/swarm-names-under-compose",
  title:
    "Prometheus asks DNS for tasks.SERVICE, a name that exists only in Docker Swarm, while the stack was started with compose",
  why: "Swarm's DNS answers tasks.SERVICE with the addresses of all tasks. Compose knows only the service name. dns_sd finds nothing and logs nothing at info level: the job has no targets.",
  severity: "critical",
  component: "prometheus",
  layer: "discovery",
  nature: "cause",
  effect: "no-data-in",
  needs: ["config.documents"],
  uses: ["kubernetes.objects", "text.lines"],
  texts,
  decideWith: "docker info -f '{{.Swarm.LocalNodeState}}'",
  references: [
    "https://docs.docker.com/engine/swarm/networking/",
    "https://prometheus.io/docs/prometheus/latest/configuration/configuration/#dns_sd_config",
  ],
  check({ "config.documents": documents, "text.lines": lines }, stack) {
    const said = lines.find((line) => matches(patterns, line) && /compose up|lookup tasks\./.test(line.text));
    const compose = documents.find((document) => document.kind === "compose");
    const swarm = lines.find((line) => /stack deploy|docker swarm/.test(line.text));
    if (swarm || (!said && !compose)) return [];
    const findings: FindingDraft[] = [];
    for (const document of documents.filter((candidate) => candidate.kind === "prometheus")) {
      const names: { name: string; at: ReturnType<typeof placeOf> }[] = [];
      listAt(document.value, "scrape_configs").forEach((job, i) => {
        listAt(job, "dns_sd_configs").forEach((discovery, j) => {
          listAt(discovery, "names").forEach((_, k) => {
            const name = textAt(discovery, "names", k);
            if (name?.startsWith("tasks."))
              names.push({
                name,
                at: placeOf(document, "scrape_configs", i, "dns_sd_configs", j, "names", k),
              });
          });
        });
      });
      const [first] = names;
      if (!first) continue;
      const owner = stack.components.find((component) => component.configs.includes(document));
      findings.push({
        subject: { kind: "component", id: owner?.id ?? "prometheus" },
        ...(owner ? { component: owner.id } : {}),
        says: `${names.map((entry) => entry.name).join(", ")} exist only in Docker Swarm; under compose the name is ${first.name.slice("tasks.".length)}`,
        proof: [
          ...names.map((entry) => entry.at),
          ...(said ? [{ ...said.at, excerpt: said.text }] : compose ? [compose.at] : []),
        ],
        certainty: "proven",
      });
    }
    return findings;
  },
  fix: (finding, facts, stack) =>
    repair("Use the names that compose knows", "safe", [
      ...filesOf(facts, "prometheus").flatMap((doc) =>
        replaceValues(
          valuesIn(
            doc,
            (value, path) =>
              path.includes("dns_sd_configs") && typeof value === "string" && value.startsWith("tasks."),
          ),
          "Use the service's own name",
          (value) => String(value).slice("tasks.".length),
        ),
      ),
      ...readAgain(ownerOf(finding, stack)),
    ]) ?? {
      summary:
        "Use static targets with the service name (node-exporter:9100) or dns_sd without the prefix tasks.; or deploy with docker stack deploy",
      risk: "safe",
      steps: [
        {
          do: "by-hand",
          title: "In scrape_configs",
          command: "static_configs: [{ targets: ['SERVICE:PORT'] }]",
        },
      ],
    },
});
