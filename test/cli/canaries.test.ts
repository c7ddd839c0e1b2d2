// Canaries from sending to taking away, with a shell's files in place of a host: found, lost, interrupted.
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { flyCanaries } from "../../src/cli/canaries.ts";
import { patternOf } from "../../src/cli/seek-line.ts";
import { analyseTexts } from "../../src/diagnose/diagnose.ts";
import type { CanaryPerch } from "../../src/model/canary.ts";
import type { Stack } from "../../src/model/stack.ts";
import { canaryPerch } from "../../src/targets/host/canary.ts";
import { createTurns } from "../../src/targets/host/connect-turns.ts";
import { openHost } from "../../src/targets/host/door.ts";
import { session } from "../targets/fake-api.ts";

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "wm-canary-"));
});

afterEach(() => rmSync(folder, { recursive: true }));

const agent = (): Stack => {
  const ps = `ops@local:~$ docker ps
CONTAINER ID   IMAGE                    COMMAND                  CREATED       STATUS       PORTS     NAMES
4f1c2a9be001   grafana/promtail:3.2.0   "/usr/bin/promtail -…"   2 weeks ago   Up 2 weeks             promtail
`;
  const inspect = JSON.stringify([
    {
      Id: "4f1c2a9be001",
      Name: "/promtail",
      Config: { Image: "grafana/promtail:3.2.0" },
      State: { Status: "running", Running: true },
      Mounts: [
        { Type: "bind", Source: folder, Destination: "/var/log/app" },
        { Type: "bind", Source: "/opt/promtail", Destination: "/etc/promtail" },
      ],
    },
  ]);
  const config = `clients: [{url: "http://loki:3100/loki/api/v1/push"}]
scrape_configs:
  - job_name: app
    static_configs: [{targets: [localhost], labels: {job: app, __path__: /var/log/app/*.log}}]
`;
  return analyseTexts(
    {
      "hosts/local/ps.txt": ps,
      "hosts/local/inspect.json": inspect,
      "hosts/local/opt/promtail/config.yml": config,
    },
    { rules: [], version: "0", mode: "diagnose" },
  ).stack;
};

const local = (fetch: CanaryPerch["fetch"]): CanaryPerch => ({
  ...canaryPerch(openHost({ name: "local", isLocal: true }, { turns: createTurns(1) }), () => ({
    root: "root",
  })),
  fetch,
});

const fly = async (perch: CanaryPerch, signal?: AbortSignal): Promise<Record<string, unknown>> => {
  const flown = await flyCanaries(
    { hosts: [perch], clusters: [] },
    agent(),
    session({ itemTimeoutMs: 20_000 }, signal),
  );
  const items = flown.map(({ item }) => item);
  expect(items.map(({ locator }) => locator)).toEqual(["canary of local through local/promtail"]);
  return JSON.parse(Buffer.from(items[0]?.body as Uint8Array).toString());
};

const labels = JSON.stringify({ status: "success", data: ["job"] });
const streams = (...lines: string[]): string =>
  JSON.stringify({
    status: "success",
    data: { result: lines.map((line) => ({ stream: { job: "app" }, values: [["1", line]] })) },
  });
const lineIn = (): string => readFileSync(join(folder, "watchmend-canary.log"), "utf8").trim();

test("a line that Loki has arrived, and its file is gone", async () => {
  const asked: string[] = [];
  const record = await fly(
    local(async (url) => {
      asked.push(decodeURIComponent(url));
      return url.includes("/labels") ? labels : streams(lineIn());
    }),
  );
  expect(record).toMatchObject({ outcome: "arrived", labels: { job: "app" } });
  expect(asked[0]).toBe("http://loki:3100/loki/api/v1/labels?since=1h");
  expect(asked[1]).toMatch(/\|~ "watchmend-canary \[[0-9a-f]\][0-9a-f]{15} local local\/promtail"/);
  expect(readdirSync(folder)).toEqual([]);
});

test.each([
  ["another stream", () => streams("watchmend-canary of somebody else")],
  ["no stream", () => streams()],
  ["Loki's own log of the question", () => streams(`query="{job=~".+"} |~ "${patternOf(lineIn())}""`)],
  ["half an answer", () => streams(lineIn()).slice(0, 40)],
  ["nothing", () => undefined],
])("%s is not the line, and Ctrl-C takes the file away", async (_, answer) => {
  const stop = new AbortController();
  const record = await fly(
    local(async (url) => {
      if (url.includes("/labels")) return labels;
      setTimeout(() => stop.abort(), 50);
      return answer();
    }),
    stop.signal,
  );
  expect(record).toMatchObject({ outcome: "not-asked", because: "interrupted before it was found" });
  expect(readdirSync(folder)).toEqual([]);
});

test("a host that is lost while Loki is asked: nobody knows, and the file is taken away", async () => {
  const record = await fly(
    local(async () => {
      throw new Error("the connection broke");
    }),
  );
  expect(record).toMatchObject({ outcome: "not-asked", because: "the connection broke" });
  expect(readdirSync(folder)).toEqual([]);
});

test("a file that is somebody's is left, and the canary was not written", async () => {
  writeFileSync(join(folder, "watchmend-canary.log"), "mine\n");
  const record = await fly(local(async () => labels));
  expect(record).toMatchObject({ outcome: "not-written" });
  expect(readdirSync(folder)).toEqual(["watchmend-canary.log"]);
});
