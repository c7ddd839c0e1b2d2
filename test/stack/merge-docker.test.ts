// Several sights of one container become one.
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { DockerContainer } from "../../src/model/docker.ts";
import { noFacts } from "../../src/model/facts.ts";
import { mergeContainers, mergeDocker } from "../../src/stack/merge-docker.ts";

const at = (line: number) => ({ source: "a.txt", line });
const running = (name: string, more: Partial<DockerContainer> = {}): DockerContainer => ({
  at: at(1),
  origin: "running",
  name,
  ...more,
});
const declared = (name: string, more: Partial<DockerContainer> = {}): DockerContainer => ({
  at: at(9),
  origin: "declared",
  name,
  ...more,
});
const id = "a0906fa7f39e5458624e1d41c950029db3db43f08a8c646d7b8f9f1f69b3e203";

describe("running", () => {
  test("ps and inspect of one container, by name or by id", () => {
    const ps = running("loki", { id: id.slice(0, 12), image: "grafana/loki", statusText: "Up 2 hours" });
    const inspect = running(id.slice(0, 12), {
      id,
      user: "10001",
      networkMode: "host",
      restartCount: 3,
      fieldsAt: { user: at(5) },
    });
    expect(mergeContainers([ps, inspect])).toMatchObject([
      {
        name: "loki",
        image: "grafana/loki",
        user: "10001",
        restartCount: 3,
        fieldsAt: { user: { line: 5 } },
      },
    ]);
  });

  test("equal names on two hosts are two containers; a sight without host joins the only one", () => {
    expect(mergeContainers([running("ne", { host: "a" }), running("ne", { host: "b" })])).toHaveLength(2);
    expect(mergeContainers([running("ne", { host: "a" }), running("ne", { user: "0" })])).toMatchObject([
      { host: "a", user: "0" },
    ]);
    expect(
      mergeContainers([running("ne", { host: "a" }), running("ne", { host: "b" }), running("ne")]),
    ).toHaveLength(3);
  });
});

describe("declared", () => {
  test("a running container takes what only the declaration shows, and keeps its own", () => {
    const service = declared("prometheus", {
      service: "prometheus",
      user: "1000",
      image: "prom:v3",
      fieldsAt: { user: at(12), image: at(10) },
    });
    const [merged, ...rest] = mergeContainers([running("mon-prometheus-1", { image: "prom:v2" }), service]);
    expect(rest).toEqual([]);
    expect(merged).toMatchObject({
      origin: "running",
      name: "mon-prometheus-1",
      image: "prom:v2",
      user: "1000",
      declared: { image: "prom:v3" },
      fieldsAt: { user: { line: 12 } },
    });
    expect(merged?.fieldsAt?.image).toBeUndefined();
  });

  test("compose v1 names, projects, and look-alikes", () => {
    const service = declared("web", { service: "web", project: "shop" });
    expect(mergeContainers([running("shop_web_1"), service])).toHaveLength(1);
    expect(mergeContainers([running("other-web-1"), service])).toHaveLength(2);
    expect(mergeContainers([running("my-web"), declared("web", { service: "web" })])).toHaveLength(2);
  });

  test("two variants of a declaration stay apart", () => {
    expect(
      mergeContainers([running("ne"), declared("ne", { user: "0" }), declared("ne", { user: "1" })]).map(
        (c) => c.user,
      ),
    ).toEqual([undefined, "0", "1"]);
  });

  test("compose documents are read", () => {
    const document = {
      at: at(1),
      kind: "compose" as const,
      origin: "file" as const,
      value: { services: { loki: { image: "loki:3" } } },
      text: "",
      lines: {},
      duplicateKeys: [],
    };
    const merged = mergeDocker({ ...noFacts(), "config.documents": [document] });
    expect(merged["docker.containers"]).toMatchObject([{ name: "loki", origin: "declared" }]);
  });
});

test("merging loses no name and invents no container", () => {
  const sight = fc.record({
    name: fc.constantFrom("a", "b", "m-a-1"),
    host: fc.option(fc.constantFrom("x", "y"), { nil: undefined }),
    user: fc.option(fc.constantFrom("0", "1"), { nil: undefined }),
    service: fc.option(fc.constantFrom("a", "b"), { nil: undefined }),
    origin: fc.constantFrom("running" as const, "declared" as const),
  });
  fc.assert(
    fc.property(fc.array(sight, { maxLength: 6 }), (sights) => {
      const facts = sights.map(
        ({ host, user, service, ...rest }): DockerContainer => ({
          at: at(1),
          ...rest,
          ...(host ? { host } : {}),
          ...(user ? { user } : {}),
          ...(service ? { service } : {}),
        }),
      );
      const once = mergeContainers(facts);
      expect(once.length).toBeLessThanOrEqual(facts.length);
      expect(once.filter((c) => c.origin === "running").length).toBeLessThanOrEqual(
        facts.filter((c) => c.origin === "running").length,
      );
      const names = (list: readonly DockerContainer[]) =>
        new Set(list.flatMap((c) => [c.name, c.declared?.name ?? c.name]));
      expect(names(once)).toEqual(names(facts));
    }),
  );
});
