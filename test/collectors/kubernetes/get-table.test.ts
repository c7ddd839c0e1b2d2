// `kubectl get` tables of many versions, whole and damaged.
import { describe, expect, it } from "vitest";
import { read } from "./read.ts";

describe("pods", () => {
  it("reads a wide table of all namespaces", () => {
    const { facts } = read(`
      NAMESPACE   NAME                 READY   STATUS                  RESTARTS         AGE     IP           NODE     NOMINATED NODE   READINESS GATES
      mon         metrics-0            1/2     CrashLoopBackOff        12 (3m38s ago)   75m     10.1.0.8     alpha    <none>           <none>
      web         shop-7d9f5c-2bqhs    0/1     Init:0/1                0                5y2d    <none>       <none>   <none>           <none>`);
    expect(facts["kubernetes.pods"]).toMatchObject([
      {
        namespace: "mon",
        name: "metrics-0",
        readyContainers: 1,
        totalContainers: 2,
        ready: false,
        statusText: "CrashLoopBackOff",
        restarts: 12,
        lastRestartSecondsAgo: 218,
        ageSeconds: 4500,
        ip: "10.1.0.8",
        node: "alpha",
        at: { line: 2 },
      },
      { namespace: "web", statusText: "Init:0/1", ageSeconds: 5 * 31_536_000 + 2 * 86_400 },
    ]);
    expect(facts["kubernetes.pods"][1]).not.toHaveProperty("node");
  });

  it("reads labels, old restarts and the namespace of the command", () => {
    const { facts } = read(
      `
      NAME     READY     STATUS    RESTARTS   AGE       LABELS
      loki-0   1/1       Running   3          40d       app=loki,release=x`,
      { command: "sudo kubectl -n logs get po --show-labels" },
    );
    expect(facts["kubernetes.pods"]).toMatchObject([
      {
        namespace: "logs",
        restarts: 3,
        ready: true,
        phase: "Running",
        labels: { app: "loki", release: "x" },
      },
    ]);
  });

  it("reads a table with only some columns, with collapsed spaces, and with a remark below", () => {
    const { facts, gaps } = read(`
      NAME READY STATUS RESTARTS AGE
      a-0 0/1 ImagePullBackOff 0 3m
      b-0 1/1 Running 4 (2m5s ago) 24m

      that is all I see`);
    expect(
      facts["kubernetes.pods"].map((pod) => [pod.name, pod.statusText, pod.restarts, pod.ageSeconds]),
    ).toEqual([
      ["a-0", "ImagePullBackOff", 0, 180],
      ["b-0", "Running", 4, 1440],
    ]);
    expect(gaps).toHaveLength(1);
    expect(read("NAME  READY  STATUS\nx-0   0/1    Pending").facts["kubernetes.pods"]).toMatchObject([
      { name: "x-0", statusText: "Pending", phase: "Pending", ready: false },
    ]);
  });

  it("keeps the last row of a watch", () => {
    const { facts } = read(`
      NAME   READY   STATUS    RESTARTS   AGE
      a-0    1/1     Running   0          1m
      a-0    0/1     Error     0          2m`);
    expect(facts["kubernetes.pods"]).toMatchObject([{ statusText: "Error" }]);
  });

  it("reads rows without header and with list bullets", () => {
    const { facts } = read("  - a-0   1/1   Running   0   3m\n  - b-0   0/1   Error     2   3m\n");
    expect(facts["kubernetes.pods"]).toHaveLength(2);
    const wide = read("mon   a-0   1/1   Running   0   3m   10.0.0.1   n1   <none>   <none>");
    expect(wide.facts["kubernetes.pods"]).toMatchObject([{ namespace: "mon", name: "a-0", node: "n1" }]);
  });

  it("joins rows that the terminal wrapped", () => {
    const { facts } = read(
      [
        "NAMESPACE   NAME        READY   STATUS    RESTARTS   AGE   IP           NODE",
        "mon         metrics-0   1/1     Running   0          3h    10.244.0.8   ",
        "   node-a",
        "mon         metrics-1   1/1     Running   0          3h    10.244.0.9   node-b",
      ].join("\n"),
    );
    expect(facts["kubernetes.pods"].map((pod) => pod.node)).toEqual(["node-a", "node-b"]);
  });
});

describe("workloads", () => {
  it("reads new and old columns", () => {
    const { facts } = read(`
      NAME                      READY   UP-TO-DATE   AVAILABLE   AGE
      deployment.apps/grafana   0/1     1            0           16d

      NAME   DESIRED   CURRENT   UP-TO-DATE   AVAILABLE   AGE
      old    1         0         0            0           28d

      NAME   DESIRED   CURRENT   READY   UP-TO-DATE   AVAILABLE   NODE SELECTOR            AGE
      ne     3         3         2       3            2           kubernetes.io/os=linux   9d

      NAME                              READY   AGE
      statefulset.apps/prometheus-db    1/2     76m

      NAME   COMPLETIONS   DURATION   AGE
      seed   0/1           3m         3m`);
    expect(facts["kubernetes.workloads"].map((w) => [w.kind, w.name, w.desired, w.ready])).toEqual([
      ["Deployment", "grafana", 1, 0],
      ["Deployment", "old", 1, 0],
      ["DaemonSet", "ne", 3, 2],
      ["StatefulSet", "prometheus-db", 2, 1],
      ["Job", "seed", 1, 0],
    ]);
  });
});

describe("network", () => {
  it("reads services of every type", () => {
    const { facts } = read(`
      NAME    TYPE           CLUSTER-IP     EXTERNAL-IP      PORT(S)                         AGE   SELECTOR
      loki    ClusterIP      None           <none>           3100/TCP,9096/TCP               40d   app=loki
      out     NodePort       10.1.2.3       <none>           9090:30090/TCP                  40d   <none>
      alias   ExternalName   <none>         db.example.com   <none>                          40d   <none>`);
    expect(facts["kubernetes.services"]).toMatchObject([
      { clusterIP: "None", selector: { app: "loki" }, ports: [{ port: 3100 }, { port: 9096 }] },
      { type: "NodePort", ports: [{ port: 9090, nodePort: 30090 }], selector: {} },
      { externalName: "db.example.com", ports: [] },
    ]);
  });

  it("tells empty endpoints, spelled or blank, from addresses", () => {
    const { facts } = read(`
      NAME                 ENDPOINTS                                      AGE
      endpoints/a                                                         76m
      endpoints/b          <none>                                         76m
      endpoints/c          10.0.0.1:80,10.0.0.2:80,10.0.0.3:80 + 3 more...   76m`);
    expect(facts["kubernetes.endpoints"].map((e) => [e.name, e.ready.length, e.notReady])).toEqual([
      ["a", 0, undefined],
      ["b", 0, undefined],
      ["c", 3, undefined],
    ]);
  });

  it("does not take the addresses of a slice for ready", () => {
    const { facts } = read(`
      NAME          ADDRESSTYPE   PORTS     ENDPOINTS    AGE
      loki-z7xzz    IPv4          3100      10.244.0.8   76m
      none-abcde    IPv4          <unset>   <unset>      76m`);
    expect(facts["kubernetes.endpoints"]).toMatchObject([{ name: "none", ready: [], notReady: [] }]);
    expect(facts["kubernetes.objects"].map((o) => o.kind)).toEqual(["EndpointSlice", "EndpointSlice"]);
  });
});

describe("storage", () => {
  it("reads claims with empty columns in the middle", () => {
    const { facts } = read(`
      NAME     STATUS    VOLUME   CAPACITY   ACCESS MODES   STORAGECLASS   AGE
      server   Pending                                                     4m
      data-0   Bound     pv-1     10Gi       RWO,ROX        fast           4m`);
    expect(facts["kubernetes.claims"]).toMatchObject([
      { name: "server", phase: "Pending", storageClass: "" },
      {
        name: "data-0",
        volume: "pv-1",
        storageClass: "fast",
        accessModes: ["ReadWriteOnce", "ReadOnlyMany"],
      },
    ]);
    expect(facts["kubernetes.claims"][0]).not.toHaveProperty("volume");
  });

  it("reads volumes and classes", () => {
    const { facts } = read(`
      NAME   CAPACITY   ACCESS MODES   RECLAIM POLICY   STATUS     CLAIM       STORAGECLASS   REASON   AGE
      pv-1   10Gi       RWO            Retain           Released   mon/data-0  manual                  9d

      NAME                 PROVISIONER             RECLAIMPOLICY   VOLUMEBINDINGMODE      ALLOWVOLUMEEXPANSION   AGE
      local (default)      rancher.io/local-path   Delete          WaitForFirstConsumer   false                  9d
      slow                 example.com/nfs         Delete          Immediate              false                  9d`);
    expect(facts["kubernetes.volumes"]).toMatchObject([
      { phase: "Released", claimRef: { namespace: "mon", name: "data-0" }, reclaimPolicy: "Retain" },
    ]);
    expect(facts["kubernetes.storageclasses"]).toMatchObject([
      { name: "local", isDefault: true, volumeBindingMode: "WaitForFirstConsumer" },
      { name: "slow", isDefault: false },
    ]);
  });
});

describe("events", () => {
  it("reads old tables with kind, sub-object and counts", () => {
    const { facts } = read(`
      LASTSEEN   FIRSTSEEN   COUNT     NAME       KIND      SUBOBJECT               TYPE      REASON      SOURCE                  MESSAGE
      2m         1h          17        loki-0     Pod       spec.containers{loki}   Warning   Unhealthy   kubelet, alpha          Readiness probe failed: HTTP probe failed`);
    expect(facts["kubernetes.events"]).toMatchObject([
      {
        name: "loki-0",
        objectKind: "Pod",
        count: 17,
        lastSeenSecondsAgo: 120,
        firstSeenSecondsAgo: 3600,
        type: "Warning",
      },
    ]);
    expect(facts["text.lines"]).toMatchObject([
      { pod: "loki-0", container: "loki", stream: "event", count: 17 },
    ]);
  });

  it("reads wide tables, whose message is not the last column", () => {
    const { facts } = read(`
      NAMESPACE   LAST SEEN   TYPE      REASON    OBJECT        SUBOBJECT   SOURCE           MESSAGE                       FIRST SEEN   COUNT   NAME
      mon         3m          Warning   BackOff   pod/a-0                   kubelet, alpha   Back-off restarting failed    20m          26      a-0.17a1b2c3d4e5f607`);
    expect(facts["kubernetes.events"]).toMatchObject([
      {
        namespace: "mon",
        name: "a-0",
        message: "Back-off restarting failed",
        count: 26,
        firstSeenSecondsAgo: 1200,
      },
    ]);
  });

  it("reads lines without header and repeats in brackets", () => {
    const { facts } = read(
      "19m (x2 over 20m)   Warning   Unhealthy   Pod/loki-0   Startup probe failed: 503",
    );
    expect(facts["kubernetes.events"]).toMatchObject([
      { count: 2, lastSeenSecondsAgo: 1140, name: "loki-0" },
    ]);
  });

  it("keeps messages with runs of spaces", () => {
    const { facts } = read(
      "LAST SEEN   TYPE      REASON   OBJECT    MESSAGE\n3m          Warning   Failed   pod/a     one   two    three",
    );
    expect(facts["kubernetes.events"][0]?.message).toBe("one   two    three");
  });
});

describe("everything else", () => {
  it("reads nodes, names of custom resources and resource use", () => {
    const { facts } = read(`
      NAME    STATUS                        ROLES           AGE   VERSION   INTERNAL-IP   EXTERNAL-IP   OS-IMAGE                         KERNEL-VERSION   CONTAINER-RUNTIME
      alpha   NotReady,SchedulingDisabled   control-plane   77m   v1.29.2   192.0.2.2     <none>        Debian GNU/Linux 12 (bookworm)   6.1.0-18-amd64   containerd://1.6.20

      NAME                                      AGE
      servicemonitor.monitoring.coreos.com/ksm  3d

      NAME    CPU(cores)   MEMORY(bytes)
      loki-0  250m         1536Mi`);
    expect(facts["kubernetes.nodes"]).toMatchObject([
      { ready: false, unschedulable: true, version: "v1.29.2", osImage: "Debian GNU/Linux 12 (bookworm)" },
    ]);
    expect(facts["kubernetes.objects"]).toMatchObject([{ kind: "ServiceMonitor", name: "ksm" }]);
    expect(facts["metrics.samples"].map((s) => [s.name, s.value])).toEqual([
      ["kubectl_top_pod_cpu_cores", 0.25],
      ["kubectl_top_pod_memory_bytes", 1536 * 1024 ** 2],
    ]);
  });

  it("reads how much of a quota is used", () => {
    const { facts } = read(`
      NAME   AGE   REQUEST                                    LIMIT
      team   3d    pods: 10/10, requests.cpu: 500m/2          limits.cpu: 4/4`);
    expect(facts["kubernetes.objects"][0]?.value).toMatchObject({
      status: {
        used: { pods: "10", "requests.cpu": "500m", "limits.cpu": "4" },
        hard: { pods: "10", "requests.cpu": "2", "limits.cpu": "4" },
      },
    });
  });

  it("counts an empty table as an answer", () => {
    expect(read("NAME   READY   STATUS   RESTARTS   AGE\n").seen.has("kubernetes.pods")).toBe(true);
  });

  it("leaves other tools' tables alone", () => {
    for (const header of [
      "NAME   IMAGE   COMMAND   SERVICE   CREATED   STATUS   PORTS",
      "CONTAINER ID   IMAGE   COMMAND   CREATED   STATUS   PORTS   NAMES",
      "NAME  NAMESPACE  REVISION  UPDATED  STATUS  CHART  APP VERSION",
      "NAME   MAJ:MIN RM  SIZE RO TYPE MOUNTPOINTS",
    ]) {
      expect(read(`${header}\na b c d e f g`).seen.size).toBe(0);
    }
  });
});
