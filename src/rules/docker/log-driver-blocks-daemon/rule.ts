// dockerd waits for a log driver that cannot deliver.

import type { Facts } from "../../../model/facts.ts";
import type { Place } from "../../../model/place.ts";
import type { Step } from "../../../model/plan.ts";
import { textAt } from "../../../stack/config-value.ts";
import { editStep, filesOf, repair } from "../../change-configuration.ts";
import { textRule } from "../../text-rule.ts";

export const rule = textRule({
  id: "docker/log-driver-blocks-daemon",
  title: "The Loki log driver blocks Docker: containers cannot be stopped while Loki is unreachable",
  why: "The driver runs in blocking mode by default and retries without limit. While its loki-url does not answer, dockerd waits for the driver to flush: docker stop, docker rm and docker logs hang, and applications stall when they write to stdout.",
  severity: "critical",
  component: "docker",
  layer: "config",
  nature: "cause",
  effect: "host-down",
  from: "any",
  texts: [
    "docker stop…hang",
    "docker rm…hang",
    "docker logs…hang",
    "docker compose down…hang",
    "docker restart…hang",
    "cannot stop container",
    "tried to kill container, but did not receive an exit event",
    "did not receive an exit event",
    "Container failed to exit within",
  ],
  uses: ["kubernetes.objects", "docker.containers", "config.documents", "docker.engines"],
  unconfirmed: "silent",
  confirm(_hit, facts) {
    const driver = lokiDriver(facts);
    if (!driver || driver.mode === "non-blocking") return driver ? { holds: false } : {};
    const failing = facts["text.lines"].find(
      (line) =>
        /error sending batch/i.test(line.text) && line.component !== "promtail" && line.component !== "alloy",
    );
    return {
      holds: true,
      certainty: failing ? "proven" : "likely",
      proof: [driver.at, ...(failing ? [{ ...failing.at, excerpt: failing.text }] : [])],
      says: `The log driver is loki${driver.url ? ` (${driver.url})` : ""} without mode: non-blocking, so dockerd waits for its retries${failing ? ", and its batches cannot be sent" : ""}: stop, rm and logs hang until Loki answers`,
    };
  },
  says: () =>
    "The Loki log driver blocks dockerd while Loki is unreachable: set mode: non-blocking and few loki-retries",
  rivals: [
    {
      rule: "docker/log-driver-resolves-on-host",
      tellApart: "why the driver cannot reach Loki is another question: its name is resolved on the host",
    },
  ],
  decideWith:
    "docker info -f '{{.LoggingDriver}}'; docker inspect -f '{{json .HostConfig.LogConfig}}' CONTAINER",
  references: [
    "https://github.com/grafana/loki/issues/2361",
    "https://grafana.com/docs/loki/latest/send-data/docker-driver/",
  ],
  fix: (_finding, facts) =>
    repair(
      "Let the log driver give up instead of holding up Docker",
      "disruptive",
      filesOf(facts, "docker-daemon").flatMap((doc): Step[] =>
        /^(?:grafana\/)?loki/.test(textAt(doc.value, "log-driver") ?? "")
          ? [
              editStep(
                doc,
                "Log without blocking",
                Object.entries(unblocked).map(([key, value]) => ({
                  op: "set" as const,
                  path: ["log-opts", key],
                  value,
                })),
              ),
              { do: "by-hand", title: "Restart Docker once", command: "sudo systemctl restart docker" },
            ]
          : [],
      ),
    ) ?? {
      summary:
        "Set mode: non-blocking, loki-retries: 2, loki-timeout: 1s, loki-max-backoff: 800ms and keep-file: true in the log options (or collect with an agent), then restart dockerd once",
      risk: "disruptive",
      steps: [
        {
          do: "by-hand",
          title:
            "Add mode: non-blocking and loki-retries: 2, loki-timeout: 1s, loki-max-backoff: 800ms to log-opts (daemon.json or the compose file)",
        },
        { do: "by-hand", title: "Restart Docker once", command: "sudo systemctl restart docker" },
      ],
    },
});

interface Driver {
  readonly at: Place;
  readonly mode?: string;
  readonly url?: string;
}

function lokiDriver(
  facts: Pick<Facts, "docker.containers" | "config.documents" | "docker.engines">,
): Driver | undefined {
  const container = facts["docker.containers"].find(
    ({ logDriver }) => logDriver !== undefined && /^(?:grafana\/)?loki/.test(logDriver),
  );
  if (container) {
    const { mode, "loki-url": url } = container.logOptions ?? {};
    return { at: container.at, ...(mode ? { mode } : {}), ...(url ? { url } : {}) };
  }
  const daemon = facts["config.documents"].find(
    (doc) =>
      doc.kind === "docker-daemon" && /^(?:grafana\/)?loki/.test(textAt(doc.value, "log-driver") ?? ""),
  );
  if (daemon) {
    const mode = textAt(daemon.value, "log-opts", "mode");
    const url = textAt(daemon.value, "log-opts", "loki-url");
    return { at: daemon.at, ...(mode ? { mode } : {}), ...(url ? { url } : {}) };
  }
  const engine = facts["docker.engines"].find(({ loggingDriver }) => loggingDriver === "loki");
  return engine ? { at: engine.at } : undefined;
}

/** https://grafana.com/docs/loki/latest/send-data/docker-driver/ */
const unblocked = {
  mode: "non-blocking",
  "loki-retries": "2",
  "loki-timeout": "1s",
  "loki-max-backoff": "800ms",
  "keep-file": "true",
} as const;
