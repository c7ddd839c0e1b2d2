// Sentences about commands are no commands.
import { expect, test } from "vitest";
import { isCommandLine } from "../../src/bundle/commands.ts";

test.each([
  "df -h shows 40% free",
  "ls -l /data shows root as owner",
  "ping 10.0.0.5 works both ways",
  "journalctl -u loki has nothing",
  "ss -ltn does not list 9100",
  "helm upgrade went through without errors",
  "systemctl status prometheus says active",
  "kubectl get pods looks fine to me",
  "docker compose restart was enough. kubectl was not involved.",
  "curl localhost:9090/-/healthy returns OK from the host",
])("%s", (text) => {
  expect(isCommandLine(text)).toBe(false);
});

test.each([
  "df -h",
  "docker logs --tail 50 loki",
  "grep -c works /var/log/syslog",
  "kubectl -n mon get pods -o wide",
  "helm upgrade loki grafana/loki -f values.yaml -n logs",
  "journalctl -u loki --since today | grep fails",
])("%s", (text) => {
  expect(isCommandLine(text)).toBe(true);
});
