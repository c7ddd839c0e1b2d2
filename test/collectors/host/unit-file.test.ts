// A unit's file is that unit's, wherever its name stands: in a path, in the comment of `systemctl cat`, in the locator of a live look.
import { expect, test } from "vitest";
import { unitFile } from "../../../src/collectors/host/unit-file.ts";
import { noFacts } from "../../../src/model/facts.ts";

const body = `[Unit]
Description=Prometheus exporter for machine metrics

[Service]
User=prometheus
ExecStart=/usr/bin/prometheus-node-exporter $ARGS
`;

const nameOf = (source: string, text: string): string | undefined => {
  const facts = noFacts();
  unitFile.parse(
    { source, startLine: 1, text },
    {
      fact: (id, value) => void (facts[id] as unknown[]).push(value),
      seen: () => undefined,
      segment: () => undefined,
      text: () => undefined,
      gap: () => undefined,
    },
  );
  return facts["host.units"][0]?.name;
};

test.each([
  ["roles/exporter/files/node-exporter.service", body, "node-exporter.service"],
  ["roles/exporter/templates/node-exporter.service.j2", body, "node-exporter.service"],
  ["web1: systemctl cat prometheus-node-exporter.service", body, "prometheus-node-exporter.service"],
  ["paste.txt", `# /lib/systemd/system/promtail.service\n${body}`, "promtail.service"],
  ["paste.txt", body, "unit"],
])("%s", (source, text, name) => {
  expect(nameOf(source, text)).toBe(name);
});
