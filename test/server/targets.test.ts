// http_sd: the targets of every job, at once; a model that is wrong changes nothing that is answered.
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { expect, test } from "vitest";
import { type Answer, createAnswers } from "../../src/server/answers.ts";
import { createTargetServer } from "../../src/server/target-server.ts";

const answer = (body: string): Answer => ({ type: "application/json", body: Buffer.from(body) });

test("what was good is answered until the next good one", () => {
  let [mark, time, fails] = ["1", 0, false];
  const answers = createAnswers(
    {
      mark: () => mark,
      load: () => {
        if (fails) throw new Error("line 3: no address");
        return new Map([["/sd/node.json", answer(mark)]]);
      },
    },
    () => time,
  );
  const body = (): string => answers.get("/sd/node.json")?.body.toString() ?? "";
  mark = "2";
  expect([answers.refresh(), body()]).toEqual([undefined, "1"]);
  time = 1000;
  expect([answers.refresh(), body()]).toEqual([undefined, "2"]);
  [mark, fails, time] = ["3", true, 2000];
  expect([answers.refresh(), body()]).toEqual(["line 3: no address", "2"]);
  [mark, fails, time] = ["4", false, 3000];
  expect([answers.refresh(), body()]).toEqual([undefined, "4"]);
  [mark, fails, time] = ["5", true, 4000];
  answers.refresh();
  [mark, time] = ["4", 5000];
  expect([answers.refresh(), body()]).toEqual([undefined, "4"]);
});

test("GET and HEAD, unknown paths, other methods, and what is said about an old state", async () => {
  let because: string | undefined;
  const told: string[] = [];
  const server = createTargetServer({
    answers: {
      get: (path) => (path === "/sd/node.json" ? answer('[{"targets":["10.0.0.1:9100"]}]') : undefined),
      paths: () => ["/sd/node.json"],
      refresh: () => because,
    },
    onStale: (text) => told.push(text),
    onFresh: () => told.push("fresh"),
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  try {
    const found = await fetch(`${base}/sd/node.json?x=1`);
    expect([found.status, found.headers.get("content-type"), await found.json()]).toEqual([
      200,
      "application/json",
      [{ targets: ["10.0.0.1:9100"] }],
    ]);
    const head = await fetch(`${base}/sd/node.json`, { method: "HEAD" });
    expect([head.status, head.headers.get("content-length"), await head.text()]).toEqual([200, "31", ""]);
    const missing = await fetch(`${base}/sd/other.json`);
    expect([missing.status, await missing.text()]).toEqual([404, expect.stringContaining("/sd/node.json")]);
    expect((await fetch(`${base}/sd/node.json`, { method: "DELETE" })).status).toBe(405);
    because = "line 3: no address";
    expect(await (await fetch(`${base}/metrics`)).text()).toContain("watchmend_model_last_load_successful 0");
    await fetch(`${base}/-/healthy`);
    because = undefined;
    expect(await (await fetch(`${base}/metrics`)).text()).toContain("watchmend_model_last_load_successful 1");
    expect(told).toEqual(["line 3: no address", "fresh"]);
  } finally {
    server.close();
    server.closeAllConnections();
  }
});
