// kubectl's answers without data.
import { describe, expect, it } from "vitest";
import { read } from "./read.ts";

describe("empty answers", () => {
  it("counts as seen what the command asked for", () => {
    const { seen, gaps } = read("No resources found in mon namespace.", {
      command: "kubectl get pvc,sts -n mon",
    });
    expect([...seen]).toEqual(["kubernetes.claims", "kubernetes.workloads"]);
    expect(gaps).toEqual([]);
    expect(read("No events found in mon namespace.").seen.has("kubernetes.events")).toBe(true);
  });

  it("says that it does not know what was asked for", () => {
    expect(read("No resources found\n").gaps).toMatchObject([{ because: "absent" }]);
  });
});

describe("refusals", () => {
  it.each([
    [
      'Error from server (Forbidden): pods is forbidden: User "dev" cannot list resource "pods" in API group "" in the namespace "mon"',
      "forbidden",
      "kubectl auth can-i list pods -n mon",
    ],
    ['Error from server (NotFound): statefulsets.apps "loki" not found', "absent", "kubectl cluster-info"],
    [
      "Unable to connect to the server: dial tcp 192.0.2.1:6443: i/o timeout",
      "timed-out",
      "kubectl cluster-info",
    ],
    ["Unable to connect to the server: x509: certificate has expired", "unreachable", "kubectl cluster-info"],
    [
      "The connection to the server localhost:8080 was refused - did you specify the right host or port?",
      "unreachable",
      "kubectl cluster-info",
    ],
    ["error: You must be logged in to the server (Unauthorized)", "forbidden", "kubectl auth whoami"],
    [
      'error: the server doesn\'t have a resource type "servicemonitors"',
      "absent",
      "kubectl api-resources | grep -i servicemonitors",
    ],
    ["bash: kubectl: command not found", "tool-missing", "kubectl cluster-info"],
  ])("%s", (text, because, decideWith) => {
    const { gaps, facts } = read(text);
    expect(gaps).toMatchObject([{ because, decideWith, at: { line: 1 } }]);
    expect(facts["text.lines"].map((line) => line.text)).toEqual([text]);
  });

  it("finds them between other outputs", () => {
    const { facts, gaps } = read(`
      NAME   READY   STATUS    RESTARTS   AGE
      a-0    1/1     Running   0          1m
      Error from server (NotFound): services "a" not found
      NAME   TYPE        CLUSTER-IP   EXTERNAL-IP   PORT(S)   AGE
      b      ClusterIP   10.0.0.1     <none>        80/TCP    1m`);
    expect(facts["kubernetes.pods"]).toHaveLength(1);
    expect(facts["kubernetes.services"]).toHaveLength(1);
    expect(gaps).toMatchObject([{ what: "Service a", because: "absent", at: { line: 3 } }]);
  });
});

describe("short answers", () => {
  it("reads rollout status", () => {
    const { facts } = read(`
      Waiting for deployment "grafana" rollout to finish: 0 of 2 updated replicas are available...
      error: deployment "grafana" exceeded its progress deadline`);
    expect(facts["kubernetes.workloads"]).toMatchObject([{ kind: "Deployment", name: "grafana" }]);
    expect(facts["text.lines"]).toHaveLength(2);
  });

  it("reads permissions", () => {
    const { facts } = read("no\n", {
      command: "kubectl auth can-i list nodes --as system:serviceaccount:mon:prometheus",
    });
    expect(facts["kubernetes.objects"]).toMatchObject([
      {
        kind: "SelfSubjectAccessReview",
        value: {
          spec: {
            resourceAttributes: { verb: "list", resource: "nodes" },
            user: "system:serviceaccount:mon:prometheus",
          },
          status: { allowed: false },
        },
      },
    ]);
  });
});
