// A stack of two Lokis: a data source must show the lines of its own Loki, and is not blamed for those of the other.
import { expect, test } from "vitest";
import { askGrafana, type GrafanaDoor, type SentLine } from "../../src/cli/grafana-look.ts";
import { analyseTexts } from "../../src/diagnose/diagnose.ts";
import type { DatasourceFlow } from "../../src/model/canary.ts";
import type { Stack } from "../../src/model/stack.ts";
import { session } from "../targets/fake-api.ts";

const ps = (host: string, ...rows: [string, string][]): string =>
  [
    `ops@${host}:~$ docker ps`,
    "CONTAINER ID   IMAGE                    COMMAND   CREATED       STATUS       PORTS     NAMES",
    ...rows.map(
      ([image, name], i) =>
        `${Buffer.from(host).toString("hex").padEnd(11, "0")}${i}   ${image.padEnd(22)}   "/run.sh"   2 weeks ago   Up 2 weeks             ${name}`,
    ),
    "",
  ].join("\n");

const stackOf = (texts: Readonly<Record<string, string>>): Stack =>
  analyseTexts(texts, { rules: [], version: "0", mode: "diagnose" }).stack;

const north = ps("north", ["grafana/loki:3.2.0", "loki"], ["grafana/grafana:11.0.0", "grafana"]);
const south = ps("south", ["grafana/loki:3.2.0", "loki"]);
const two = (): Stack => stackOf({ "hosts/north/ps.txt": north, "hosts/south/ps.txt": south });
const one = (): Stack => stackOf({ "hosts/north/ps.txt": north });

const lineOn = (host: string, place?: string): SentLine => ({
  host,
  line: `watchmend-canary 0011223344556677 ${host} ${host}/promtail`,
  labels: { job: "app" },
  ...(place === undefined ? {} : { place }),
});

/** A Grafana with one Loki, which holds these lines. */
const door = (url: string, lines: readonly string[]): GrafanaDoor => ({
  id: "north/grafana",
  base: "http://127.0.0.1:3000",
  how: "ssh",
  isLoggedIn: false,
  async get(path) {
    const ok = (document: unknown) => ({ status: 200, body: JSON.stringify(document) });
    if (path === "/api/datasources") return ok([{ uid: "l", name: "Loki", type: "loki", url }]);
    if (path.startsWith("/api/search")) return ok([]);
    if (path.endsWith("/health")) return { status: 404, body: "{}" };
    if (path.endsWith("/labels")) return ok({ status: "success", data: ["job"] });
    const query = decodeURIComponent(path);
    const found = lines.filter((line) => !query.includes("|~") || query.includes(line.slice(20, 60)));
    const result = found.map((line) => ({ stream: { job: "app" }, values: [["1", line]] }));
    return ok({ status: "success", data: { result } });
  },
});

const shown = async (
  stack: Stack,
  url: string,
  held: readonly SentLine[],
  sent: readonly SentLine[],
): Promise<Pick<DatasourceFlow, "outcome" | "says">> => {
  const lines = held.map(({ line }) => line);
  const items = await askGrafana(door(url, lines), sent, stack, session({ itemTimeoutMs: 5_000 }));
  const flow = items.find(({ locator }) => locator.startsWith("what comes back"));
  return JSON.parse(Buffer.from(flow?.body as Uint8Array).toString());
};

const near = lineOn("north", "host north");
const far = lineOn("south", "host south");

test("a line that only the other Loki has is no fault of this data source", async () => {
  const flow = await shown(two(), "http://north:3100", [near], [far, near]);
  expect(flow).toMatchObject({ outcome: "fresh", says: "the lines that were sent on north" });
});

test("a line that its own Loki has must be shown", async () => {
  expect(await shown(two(), "http://north:3100", [], [far, near])).toMatchObject({
    outcome: "nothing",
    says: "Loki has the line that was sent on north, and Grafana does not show it",
  });
});

test("with one Loki every line must be shown, wherever it was found", async () => {
  const sent = [lineOn("north"), lineOn("south")];
  expect(await shown(one(), "http://north:3100", sent, sent)).toMatchObject({ outcome: "fresh" });
  expect(await shown(one(), "http://north:3100", sent.slice(0, 1), sent)).toMatchObject({
    outcome: "nothing",
    says: "Loki has the line that was sent on south, and Grafana does not show it",
  });
});

test("where nobody knows which Loki is asked, one line is enough, and without any Loki's own lines tell", async () => {
  const address = "http://logs.example.org:8443";
  expect(await shown(two(), address, [far], [near, far])).toMatchObject({
    outcome: "fresh",
    says: "the lines that were sent on south",
  });
  const other = { ...near, line: "level=info msg=older" };
  expect(await shown(two(), address, [other], [near, far])).toMatchObject({
    outcome: "fresh",
    says: "there are lines of the last hour",
  });
  expect(await shown(two(), address, [], [near, far])).toMatchObject({ outcome: "nothing" });
});
