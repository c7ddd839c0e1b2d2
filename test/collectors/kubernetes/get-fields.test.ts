// Fields that were chosen on the command line are facts where a table shows them too, and otherwise a gap: never nothing.
import { describe, expect, it } from "vitest";
import { parsersFor } from "../../../src/collectors/index.ts";
import { kubernetesParsers } from "../../../src/collectors/kubernetes/index.ts";
import { recogniseAll } from "../../../src/collectors/recognise.ts";
import { segmentOf } from "../facts-of.ts";

const parsers = parsersFor([]);
const read = (command: string, text: string) => recogniseAll([segmentOf(text, command)], parsers);

describe("fields chosen on the command line", () => {
  it("custom columns", () => {
    const { facts, gaps } = read(
      "kubectl get pods -n obs -o custom-columns=POD:.metadata.name,STATE:.status.phase,'AGAIN:.status.containerStatuses[0].restartCount'",
      "POD       STATE     AGAIN\nloki-0    Running   44\nmimir-0   Pending   <none>",
    );
    expect(facts["kubernetes.pods"]).toMatchObject([
      { name: "loki-0", namespace: "obs", statusText: "Running", restarts: 44 },
      { name: "mimir-0", statusText: "Pending" },
    ]);
    expect(facts["kubernetes.pods"][1]).not.toHaveProperty("restarts");
    expect(gaps).toEqual([]);
  });

  it("a range of jsonpath", () => {
    const { facts } = read(
      `kubectl -n obs get pvc -o jsonpath='{range .items[*]}{.metadata.name}{"\\t"}{.status.phase}{"\\n"}{end}'`,
      "data-loki-0\tPending\ndata-loki-1\tBound",
    );
    expect(facts["kubernetes.claims"]).toMatchObject([
      { name: "data-loki-0", phase: "Pending" },
      { name: "data-loki-1", phase: "Bound" },
    ]);
  });

  it("why a container ended, of one pod", () => {
    const { facts } = read(
      "kubectl get pod loki-0 -n obs -o jsonpath='{.status.containerStatuses[?(@.name==\"loki\")].lastState.terminated.reason}'",
      "OOMKilled",
    );
    expect(facts["kubernetes.pods"][0]?.spec?.containers[0]?.lastState?.reason).toBe("OOMKilled");
  });

  it("names alone", () => {
    const { facts } = read(
      "kubectl get pods -n obs -o jsonpath='{.items[*].metadata.name}'",
      "loki-0 mimir-0",
    );
    expect(facts["kubernetes.pods"].map(({ name }) => name)).toEqual(["loki-0", "mimir-0"]);
    const named = read("kubectl get po -o name", "pod/loki-0\npod/mimir-0");
    expect(named.facts["kubernetes.pods"].map(({ name }) => name)).toEqual(["loki-0", "mimir-0"]);
  });

  it.each([
    ["kubectl get svc loki -o jsonpath='{.spec.selector}'", '{"app":"loki"}'],
    ["kubectl get deploy loki -o go-template='{{if .spec.paused}}paused{{end}}'", "paused"],
    [
      "kubectl get pods -o custom-columns=N:.metadata.name,Q:.status.qosClass",
      "N        Q\nloki-0   Burstable",
    ],
  ])("%s leaves a gap that blocks no verdict", (command, text) => {
    const { gaps } = read(command, text);
    expect(gaps).toMatchObject([{ because: "unparseable", onlySharpens: true }]);
    expect(gaps[0]?.decideWith).toMatch(/^kubectl get .* -o yaml$/);
  });

  it("kubectl's own message and whole documents are somebody else's", () => {
    const [fields] = kubernetesParsers.filter(({ id }) => id === "kubectl-get-fields");
    const command = "kubectl get pod x -o jsonpath='{.status.phase}'";
    expect(fields?.recognise(segmentOf('Error from server (NotFound): pods "x" not found', command))).toBe(0);
    expect(fields?.recognise(segmentOf("Running", command))).toBe(1);
    expect(
      fields?.recognise(segmentOf("a: 1", "kubectl get cm loki -o jsonpath='{.data.config\\.yaml}'")),
    ).toBe(0);
  });
});

describe("kinds that are not Kubernetes' own", () => {
  it("a table with the columns of pods lists what was asked for", () => {
    const { facts } = read(
      "kubectl get widgets -A",
      "NAMESPACE   NAME   AGE   READY   STATUS\nobs         a      3d    False   could not be made whole",
    );
    expect(facts["kubernetes.pods"]).toEqual([]);
    expect(facts["kubernetes.objects"]).toMatchObject([{ kind: "widgets", name: "a", namespace: "obs" }]);
  });

  it("what the controller says is text", () => {
    const said = "Helm upgrade failed for release obs/loki";
    const texts = parsersFor([`Helm upgrade failed for release {name}`]);
    const table = recogniseAll(
      [segmentOf(`NAME   AGE   READY   STATUS\nloki   3d    False   ${said}`, "kubectl get helmrelease")],
      texts,
    );
    expect(table.facts["kubernetes.objects"]).toMatchObject([{ kind: "HelmRelease", name: "loki" }]);
    expect(table.facts["text.lines"]).toMatchObject([{ text: said }]);
    const described = recogniseAll(
      [
        segmentOf(
          `Name:         loki\nNamespace:    obs\nAPI Version:  helm.toolkit.fluxcd.io/v2\nKind:         HelmRelease\nStatus:\n  Conditions:\n    Message:  ${said}\n    Reason:   UpgradeFailed\n    Type:     Ready`,
          "kubectl describe hr loki",
        ),
      ],
      texts,
    );
    expect(described.facts["text.lines"]).toMatchObject([{ text: said, namespace: "obs" }]);
  });
});
