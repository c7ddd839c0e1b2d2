// Which kind of configuration a document is, told by its keys alone. One entry per kind, most specific first.
import type { ConfigKind } from "../../../model/config.ts";
import type { Shape } from "../shape.ts";
import { ansiblePlaybook, isInventory } from "./ansible.ts";
import { isCompose, isComposeFile } from "./compose.ts";
import { isDockerDaemon } from "./docker-daemon.ts";
import {
  grafanaAlerting,
  grafanaDashboard,
  grafanaDashboardProviders,
  grafanaDatasources,
} from "./grafana.ts";
import { isHelmValues } from "./helm-values.ts";
import { isLoki } from "./loki.ts";
import { prometheus, prometheusFileSd, prometheusRules, prometheusWeb } from "./prometheus.ts";
import { promtail, promtailPositions } from "./promtail.ts";
import type { KindSign } from "./sign.ts";

const signs: readonly KindSign[] = [
  {
    kind: "kubernetes-manifest",
    score: 0.5,
    matches: (s) => s.has("/apiVersion") && s.has("/kind") && !s.has("/cniVersion"),
  },
  {
    kind: "cni",
    score: 0.95,
    matches: (s) => s.has("/cniVersion") && s.hasAny("/plugins", "/type", "/delegates"),
  },
  prometheusRules,
  grafanaAlerting,
  grafanaDatasources,
  grafanaDashboardProviders,
  grafanaDashboard,
  {
    kind: "alertmanager",
    score: 0.95,
    matches: (s) =>
      (s.has("/route") && s.has("/receivers")) ||
      (s.has("/route/receiver") && s.hasAny("/global", "/inhibit_rules")) ||
      (s.has("/receivers/-/name") && s.hasAny("/inhibit_rules", "/global", "/templates", "/route")),
  },
  {
    kind: "blackbox",
    score: 0.95,
    matches: (s) =>
      s.has("/modules") &&
      [...s.paths].some((path) => path.startsWith("/modules/") && path.endsWith("/prober")),
  },
  prometheusWeb,
  promtail,
  promtailPositions,
  prometheus,
  prometheusFileSd,
  { kind: "loki", score: 0.9, matches: isLoki },
  { kind: "compose", score: 0.95, matches: isComposeFile },
  { kind: "compose", score: 0.5, matches: isCompose },
  { kind: "docker-daemon", score: 0.9, matches: isDockerDaemon },
  ansiblePlaybook,
  { kind: "ansible-inventory", score: 0.85, matches: isInventory },
  { kind: "helm-values", score: 0.8, matches: isHelmValues },
];

export interface KindGuess {
  readonly kind: ConfigKind;
  readonly score: number;
}

/** The kind these keys make; undefined when no kind of a monitoring stack has them. */
export function kindOf(shape: Shape): KindGuess | undefined {
  if (shape.paths.size === 0) return undefined;
  return signs.find((sign) => sign.matches(shape));
}
