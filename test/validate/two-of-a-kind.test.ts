// A cluster and hosts in one look, with parts of the same names: each answer, log and configuration counts for whose it is.
import { expect, test } from "vitest";
import { analyseTexts } from "../../src/diagnose/diagnose.ts";
import { rules } from "../../src/rules/registry.ts";
import { checks } from "../../src/validate/checks/registry.ts";
import { discoveredExpectation } from "../../src/validate/expectations.ts";
import { validate } from "../../src/validate/validate.ts";

const pod = {
  apiVersion: "v1",
  kind: "Pod",
  metadata: { name: "loki-0", namespace: "logging", labels: { app: "loki" } },
  spec: {
    containers: [{ name: "loki", image: "grafana/loki:3.6.4", ports: [{ containerPort: 3100 }] }],
    volumes: [{ name: "kube-api-access-x2x", projected: { sources: [] } }],
  },
  status: {
    phase: "Running",
    podIP: "10.1.0.7",
    containerStatuses: [{ name: "loki", ready: true, restartCount: 0, state: { running: {} } }],
  },
};
const config = `auth_enabled: false
server: {http_listen_port: 3100, grpc_listen_port: 9095}
common: {path_prefix: /loki, replication_factor: 1}
schema_config: {configs: [{from: "2024-01-01", store: tsdb, object_store: filesystem, schema: v13}]}
limits_config: {retention_period: 744h}
`;
const proxy = "kubectl get --raw /api/v1/namespaces/logging/pods/loki-0:3100/proxy";

const evidence = {
  "box.txt": `root@box:~# docker ps
CONTAINER ID   IMAGE                COMMAND                  CREATED       STATUS       PORTS                    NAMES
0a1b2c3d4e5f   grafana/loki:3.6.4   "/usr/bin/loki -conf…"   2 hours ago   Up 2 hours   0.0.0.0:3100->3100/tcp   loki
root@box:~# docker logs loki
level=info ts=2026-01-02T10:00:00.1Z caller=main.go:127 msg="Starting Loki" version="(version=3.6.4)"
root@box:~# curl -si http://127.0.0.1:3100/ready
HTTP/1.1 200 OK

ready
`,
  "cluster.txt": `$ kubectl get pods -n logging -o json
${JSON.stringify({ apiVersion: "v1", kind: "List", items: [pod] })}
$ kubectl logs -n logging loki-0 -c loki
level=info ts=2026-01-02T10:00:00.1Z caller=main.go:127 msg="Starting Loki" version="(version=3.6.4)"
$ ${proxy}/ready
ready
$ ${proxy}/config
${config}`,
};

test("a pod and a container called loki are two parts, and each is judged by its own evidence", () => {
  const { factSet, stack, report, readLine } = analyseTexts(evidence, {
    rules,
    version: "0.0.0",
    mode: "diagnose",
  });
  expect(stack.components.map(({ id }) => id)).toEqual(["box/loki", "logging/loki"]);
  const expectation = discoveredExpectation(stack);
  const { verdicts } = validate({
    checks,
    factSet,
    stack,
    report,
    expectation,
    readLine,
    version: "0.0.0",
  });
  const statesOf = (check: string): string[] =>
    verdicts.filter((one) => one.check === check).map(({ subject, state }) => `${subject.id} ${state}`);
  expect(statesOf("health/answers")).toEqual(["box/loki pass", "logging/loki pass"]);
  expect(statesOf("logs/no-errors")).toEqual(["box/loki pass", "logging/loki pass"]);
  // the pod's file lies in its image; that of the container was not looked for
  expect(statesOf("config/running-is-disk")).toEqual(["box/loki unknown", "logging/loki skip"]);
});

test("a connection whose name does not resolve is no second fault beside the name", () => {
  const { factSet, stack, report, readLine } = analyseTexts(
    {
      "box.txt": `root@box:~# curl -sv --max-time 5 http://gone.example:9100/metrics
* Could not resolve host: gone.example
* Closing connection 0
curl: (6) Could not resolve host: gone.example
`,
    },
    { rules, version: "0.0.0", mode: "diagnose" },
  );
  const common = { factSet, stack, report, readLine, version: "0.0.0" };
  const expectation = discoveredExpectation(stack);
  const failing = (chosen: typeof checks): string[] =>
    validate({ ...common, checks: chosen, expectation })
      .verdicts.filter(({ state }) => state === "fail")
      .map(({ check }) => check);
  expect(failing(checks)).toEqual(["dns/names-resolve"]);
  // asked alone it still tells
  expect(failing(checks.filter(({ id }) => id === "agents/reachable"))).toEqual(["agents/reachable"]);
});
