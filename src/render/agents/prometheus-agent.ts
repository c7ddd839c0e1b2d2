// Prometheus in agent mode: reads the agents of its own host and pushes to the server.

import { hostPort } from "../address.ts";
import type { Spot } from "../containers/spec.ts";
import { listenOf } from "../containers/spec.ts";
import { schemeOf, urlOf } from "../find.ts";
import { externalLabels } from "../prometheus/config.ts";
import { pushedTargets } from "../prometheus/targets.ts";
import { clientOf } from "../protection.ts";

export function prometheusAgentConfig({ stack, host }: Spot): Readonly<Record<string, unknown>> {
  return {
    global: { scrape_interval: stack.intervals.scrape, external_labels: externalLabels(stack) },
    scrape_configs: pushedTargets(stack, host).map(({ job, instance, labels }) => {
      const component = stack.components.find((one) => one.kind === job);
      const address = hostPort(
        component ? listenOf({ stack, host, component }) : "127.0.0.1",
        component?.port ?? 0,
      );
      return {
        job_name: job,
        ...(component && schemeOf(stack, component.kind) === "https" ? { scheme: "https" } : {}),
        ...(component ? clientOf(stack, component.kind) : {}),
        static_configs: [{ targets: [address], labels: { ...labels, instance } }],
      };
    }),
    remote_write: [
      { url: `${urlOf(stack, "prometheus") ?? ""}/api/v1/write`, ...clientOf(stack, "prometheus") },
    ],
  };
}
