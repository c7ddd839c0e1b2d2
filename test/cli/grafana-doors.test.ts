// `--grafana-url` is the address of one Grafana: another one of the stack is asked its own way.
import { expect, test } from "vitest";
import { grafanaDoors } from "../../src/cli/grafana-doors.ts";
import { analyseTexts } from "../../src/diagnose/diagnose.ts";
import type { CanaryPerch } from "../../src/model/canary.ts";

const ps = (host: string): string =>
  `ops@${host}:~$ docker ps
CONTAINER ID   IMAGE                    COMMAND     CREATED       STATUS       PORTS                    NAMES
0a1b2c3d4e5${host.length % 10}   grafana/grafana:11.0.0   "/run.sh"   2 weeks ago   Up 2 weeks   0.0.0.0:3000->3000/tcp   grafana
`;
const { stack } = analyseTexts(
  { "hosts/north/ps.txt": ps("north"), "hosts/southern/ps.txt": ps("southern") },
  { rules: [], version: "0", mode: "diagnose" },
);
const perch = (host: string): CanaryPerch => ({
  host,
  write: async () => [],
  clear: async () => {},
  ask: async () => ({ body: "" }),
  fetch: async () => undefined,
});
const ways = (url: string) =>
  Object.fromEntries(
    grafanaDoors(stack, { perches: [perch("north"), perch("southern")], clusters: [], url }).map(
      ({ id, how }) => [id, how],
    ),
  );

test("the one behind the address is asked there, the other on its host", () => {
  expect(ways("http://north:3000")).toEqual({ "north/grafana": "http", "southern/grafana": "ssh" });
});

test("where the address does not tell, it is asked on behalf of each", () => {
  expect(ways("http://dashboards.example.org")).toEqual({
    "north/grafana": "http",
    "southern/grafana": "http",
  });
});
