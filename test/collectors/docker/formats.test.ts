// Output whose form a Go template decides: columns where the template names them, otherwise a gap.
import { expect, it } from "vitest";
import { parsersFor } from "../../../src/collectors/index.ts";
import { recogniseAll } from "../../../src/collectors/recognise.ts";
import { segmentOf } from "../facts-of.ts";

const parsers = parsersFor([]);
const read = (command: string, text: string) => recogniseAll([segmentOf(text, command)], parsers);

it.each([
  ["docker ps --format '{{.Names}}: {{.Status}}'", "mimir: Restarting (1) 10 seconds ago"],
  ["docker ps -a --format '{{.Names}}\\t{{.Status}}'", "mimir\tRestarting (1) 10 seconds ago"],
  ["podman ps --format '{{.Names}}\\t{{.Status}}'", "mimir   Restarting (1) 10 seconds ago"],
  [
    "docker container ls --format='{{ .Names }} | {{ .Status }} | {{ .Image }}'",
    "mimir | Restarting (1) 10 seconds ago | grafana/mimir:2.14.0",
  ],
])("%s", (command, text) => {
  const { facts, gaps } = read(command, text);
  expect(facts["docker.containers"]).toMatchObject([{ name: "mimir", state: "restarting", exitCode: 1 }]);
  expect(gaps).toEqual([]);
});

it.each([
  ["docker ps --format '{{.Status}} {{.Names}}'", "Up 3 days mimir"],
  ["docker ps --format '{{if .Ports}}{{.Names}}{{end}}'", "mimir"],
  ["docker inspect -f '{{range .Mounts}}{{.Source}} {{end}}' mimir", "/srv/a /srv/b"],
  ["docker inspect -f '{{if .State.Running}}up{{else}}down{{end}}' mimir", "down"],
])("%s leaves a gap that blocks no verdict", (command, text) => {
  const { facts, gaps } = read(command, text);
  expect(facts["docker.containers"]).toEqual([]);
  expect(gaps).toMatchObject([{ because: "unparseable", onlySharpens: true }]);
});
