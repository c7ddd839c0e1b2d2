// Faults of the protocol: an API server that is slow, throttles, breaks off, forgets its list, or answers nonsense.

import { afterEach, describe, expect, it } from "vitest";
import { parse } from "yaml";
import { evidenceOf } from "../../src/bundle/collected-item.ts";
import { createRedactor } from "../../src/bundle/redact.ts";
import { reportOfItems } from "../../src/diagnose/diagnose.ts";
import { type CollectedItem, isMissing } from "../../src/model/collected.ts";
import { rules } from "../../src/rules/registry.ts";
import { lookAt } from "../../src/targets/kubernetes/closer-looks.ts";
import { readKinds } from "../../src/targets/kubernetes/kinds.ts";
import { listKind } from "../../src/targets/kubernetes/list-kind.ts";
import { patientReader } from "../../src/targets/kubernetes/patient-door.ts";
import { roleManifests } from "../../src/targets/kubernetes/roles.ts";
import { kubernetesTarget } from "../../src/targets/kubernetes/target.ts";
import { type Answer, type FakeApi, fakeApi, json, session } from "./fake-api.ts";

let api: FakeApi | undefined;
afterEach(async () => {
  await api?.close();
  api = undefined;
});

const pods = readKinds.find(({ resource }) => resource === "pods");
const operator = readKinds.find(({ resource }) => resource === "servicemonitors");

async function listed(answer: Answer, limits = {}, kind = pods): Promise<readonly CollectedItem[]> {
  if (!kind) throw new Error("no such kind");
  api = await fakeApi(answer);
  const items: CollectedItem[] = [];
  for await (const item of listKind(
    kind,
    undefined,
    patientReader(api.door, session(limits), () => 0),
  ))
    items.push(item);
  return items;
}

function textOf(item: CollectedItem | undefined): string {
  if (!item || isMissing(item.body) || !(item.body instanceof Uint8Array)) throw new Error("no text");
  return Buffer.from(item.body).toString("utf8");
}

function missingOf(item: CollectedItem | undefined) {
  if (!item || !isMissing(item.body)) throw new Error("not missing");
  return item.body;
}

const pod = (name: string) => ({
  metadata: { name, namespace: "a", managedFields: [{ manager: "x" }] },
  spec: {},
});
const list = (items: readonly unknown[], token = "") => ({
  kind: "PodList",
  metadata: { resourceVersion: "7", continue: token },
  items,
});
const status = (code: number, message: string) => ({ kind: "Status", status: "Failure", message, code });

describe("lists", () => {
  it("follow the chunks, name kind and version of each object, and leave out managedFields", async () => {
    const items = await listed((path, response) =>
      json(response, 200, path.includes("continue=next") ? list([pod("two")]) : list([pod("one")], "next")),
    );
    expect(api?.asked).toHaveLength(2);
    const value = JSON.parse(textOf(items[0]));
    expect(value.items.map((item: { kind: string }) => item.kind)).toEqual(["Pod", "Pod"]);
    expect(textOf(items[0])).not.toContain("managedFields");
    expect(items[0]?.command).toBe("kubectl get pods -A -o json");
  });

  it("begin again, once, when the server has forgotten the state they were begun on (410)", async () => {
    let begun = 0;
    const items = await listed((path, response) => {
      if (!path.includes("continue")) begun += 1;
      if (path.includes("continue=old")) json(response, 410, status(410, "expired"));
      else json(response, 200, begun === 1 ? list([pod("one")], "old") : list([pod("one"), pod("two")]));
    });
    expect(begun).toBe(2);
    expect(JSON.parse(textOf(items[0])).items).toHaveLength(2);
  });

  it("say so when the state is lost each time", async () => {
    const items = await listed((path, response) =>
      path.includes("continue")
        ? json(response, 410, status(410, "expired"))
        : json(response, 200, list([pod("one")], "old")),
    );
    expect(missingOf(items[0]).detail).toContain("410");
  });

  it("ask for fewer objects at once when a chunk is larger than an answer may be", async () => {
    const items = await listed(
      (path, response) =>
        json(
          response,
          200,
          path.includes("limit=500") ? list([{ ...pod("big"), x: "y".repeat(2_000) }]) : list([pod("one")]),
        ),
      { itemBytes: 1_000 },
    );
    expect(JSON.parse(textOf(items[0])).items).toHaveLength(1);
  });

  it("keep what came before a failure, and name the rest", async () => {
    const items = await listed((path, response) =>
      path.includes("continue")
        ? json(response, 403, status(403, "pods is forbidden"))
        : json(response, 200, list([pod("one")], "next")),
    );
    expect(JSON.parse(textOf(items[0])).items).toHaveLength(1);
    expect(missingOf(items[1])).toMatchObject({
      because: "forbidden",
      decideWith: "kubectl auth can-i list pods --all-namespaces",
    });
  });

  it("take no half answer for a whole one", async () => {
    const items = await listed((_path, response) => {
      response.writeHead(200);
      response.end('{"kind":"PodList","items":[{"meta');
    });
    expect(missingOf(items.at(-1)).because).toBe("unparseable");
  });

  it("of add-ons that are not installed are no gap", async () => {
    const items = await listed(
      (_path, response) => json(response, 404, status(404, "not found")),
      {},
      operator,
    );
    expect(items).toEqual([]);
  });
});

describe("patience", () => {
  it("comes again when it is asked to (429), and after an error", async () => {
    let asked = 0;
    const items = await listed(
      (_path, response) => {
        asked += 1;
        if (asked === 1) json(response, 429, status(429, "later"), { "retry-after": "0" });
        else if (asked === 2) json(response, 500, status(500, "broken"));
        else json(response, 200, list([]));
      },
      { itemTimeoutMs: 5_000 },
    );
    expect(JSON.parse(textOf(items[0])).items).toEqual([]);
  });

  it("ends: an answer that never comes is a gap", async () => {
    const items = await listed(() => {}, { itemTimeoutMs: 100 });
    expect(missingOf(items[0]).because).toBe("timed-out");
  });

  it("ends at once when it is interrupted", async () => {
    api = await fakeApi(() => {});
    const stop = new AbortController();
    setTimeout(() => stop.abort(), 50);
    const target = kubernetesTarget(api.door, {});
    const begun = performance.now();
    for await (const _item of target.collect(session({ itemTimeoutMs: 60_000 }, stop.signal))) {
      // whatever comes
    }
    expect(performance.now() - begun).toBeLessThan(5_000);
  });

  it("never has more requests open than allowed", async () => {
    let open = 0;
    let most = 0;
    api = await fakeApi((_path, response) => {
      open += 1;
      most = Math.max(most, open);
      setTimeout(() => {
        open -= 1;
        json(response, 200, list([]));
      }, 5);
    });
    for await (const _item of kubernetesTarget(api.door, {}).collect(session({ parallel: 3 }))) {
      // whatever comes
    }
    expect(most).toBe(3);
  });
});

describe("verdicts", () => {
  const verdict = async (answer: Answer): Promise<string> => {
    api = await fakeApi(answer);
    const items: CollectedItem[] = [];
    for await (const item of kubernetesTarget(api.door, {}).collect(session({ itemTimeoutMs: 100 })))
      items.push(item);
    const evidence = await evidenceOf(items, createRedactor());
    return (await reportOfItems(evidence, { rules, version: "0", mode: "diagnose" })).verdict;
  };

  it.each([401, 403, 500, 503])("%i for everything is not healthy", async (code) => {
    expect(await verdict((_path, response) => json(response, code, status(code, "no")))).toBe("unknown");
  });

  it("empty lists are not healthy", async () => {
    expect(await verdict((_path, response) => json(response, 200, list([])))).toBe("unknown");
  });
});

describe("the second look", () => {
  const log = { kind: "pod-log", namespace: "a", pod: "p", container: "c" } as const;

  it("asks for fewer lines when the newest would be cut off", async () => {
    api = await fakeApi((path, response) => {
      const tail = Number(/tailLines=(\d+)/.exec(path)?.[1]);
      response.end(tail > 700 ? "x".repeat(10_000) : "the newest line\n");
    });
    const { limits } = session();
    const item = await lookAt(log, patientReader(api.door, session()), limits);
    expect(textOf(item)).toBe("the newest line\n");
  });

  it("asks again for the log of a run that was removed between two starts", async () => {
    api = await fakeApi((_path, response) => {
      const gone = "unable to retrieve container logs for containerd://dd32";
      response.end((api?.asked.length ?? 0) < 5 ? gone : "[signal SIGBUS: bus error\n");
    });
    const patient = session({ itemTimeoutMs: 10_000 });
    const item = await lookAt(
      { ...log, previous: true },
      patientReader(api.door, patient, () => 0),
      patient.limits,
    );
    expect(textOf(item)).toBe("[signal SIGBUS: bus error\n");
  }, 20_000);

  it("keeps the body of a component that is not ready, with its status below", async () => {
    api = await fakeApi((_path, response) => {
      response.writeHead(503);
      response.end("Ingester not ready: waiting for 15s after being ready\n");
    });
    const look = {
      kind: "pod-api",
      namespace: "a",
      pod: "p",
      port: 3100,
      path: "/ready",
      component: "loki",
      statusMatters: true,
    } as const;
    const item = await lookAt(
      look,
      patientReader(api.door, session(), () => 0),
      session().limits,
    );
    expect(textOf(item)).toBe("Ingester not ready: waiting for 15s after being ready\n503\n");
  });

  it("tells the API server's failure to connect from the component's answer", async () => {
    api = await fakeApi((_path, response) =>
      json(
        response,
        503,
        status(503, "error trying to reach service: dial tcp 10.0.0.1:9: connect: connection refused"),
      ),
    );
    const look = {
      kind: "pod-api",
      namespace: "a",
      pod: "p",
      port: 9,
      path: "/ready",
      component: "loki",
      statusMatters: true,
    } as const;
    const item = await lookAt(
      look,
      patientReader(api.door, session(), () => 0),
      session().limits,
    );
    expect(missingOf(item)).toMatchObject({ because: "unreachable" });
  });
});

describe("rights", () => {
  const documents = (text: string) => text.split("---\n").map((part) => parse(part));

  it("cover every kind that is read, and no Secrets", () => {
    const text = roleManifests({ account: { namespace: "mon", name: "watchmend" } });
    const role = documents(text).find(({ kind }) => kind === "ClusterRole");
    const granted = role.rules.flatMap((rule: { resources?: string[] }) => rule.resources ?? []);
    for (const { resource } of readKinds) expect(granted).toContain(resource);
    expect(text).not.toMatch(/secrets|\*/);
  });

  it("to repair are asked for in so many words, under a name of their own, and never reach Secrets or roles", () => {
    const account = { namespace: "mon", name: "watchmend" };
    const verbs = (text: string) =>
      documents(text).flatMap(({ rules }) =>
        (rules ?? []).flatMap((rule: { verbs: string[] }) => rule.verbs),
      );
    const reading = roleManifests({ account, namespaces: ["mon"] });
    const mending = roleManifests({ account, namespaces: ["mon"], remediate: true });
    expect(verbs(reading)).not.toContain("patch");
    expect(verbs(mending)).toContain("patch");
    expect(mending).not.toMatch(/secrets|\*|resources: .*"(?:cluster)?role/);
    const namesOf = (text: string) =>
      new Set(
        documents(text)
          .slice(1)
          .map(({ metadata }) => metadata.name),
      );
    expect(namesOf(reading)).toEqual(new Set(["watchmend-read"]));
    expect(namesOf(mending)).toEqual(new Set(["watchmend-remediate"]));
    const inNamespace = documents(mending).find(({ kind }) => kind === "Role");
    const patched = inNamespace.rules
      .filter((rule: { verbs: string[] }) => rule.verbs.includes("patch"))
      .flatMap((rule: { resources: string[] }) => rule.resources);
    for (const resource of [
      "configmaps",
      "services",
      "deployments",
      "statefulsets",
      "leases",
      "prometheusrules",
    ])
      expect(patched).toContain(resource);
  });

  it("in single namespaces are Roles, with a ClusterRole for what belongs to none", () => {
    const all = documents(roleManifests({ namespaces: ["a", "b"], account: { namespace: "a", name: "w" } }));
    expect(all.map(({ kind }) => kind)).toEqual([
      "ServiceAccount",
      "ClusterRole",
      "ClusterRoleBinding",
      "Role",
      "RoleBinding",
      "Role",
      "RoleBinding",
    ]);
    const cluster = all[1].rules.flatMap((rule: { resources?: string[] }) => rule.resources ?? []);
    expect(cluster).toContain("nodes");
    expect(cluster).not.toContain("pods");
  });
});
