// `kubectl describe` of many kinds, whole and in pieces.
import { describe, expect, it } from "vitest";
import { kubernetesParsers } from "../../../src/collectors/kubernetes/index.ts";
import type { Parser } from "../../../src/collectors/parser.ts";
import { recogniseAll } from "../../../src/collectors/recognise.ts";
import type { Segment } from "../../../src/model/evidence.ts";
import { dedent, read } from "./read.ts";

const pod = `
  Name:             loki-0
  Namespace:        logs
  Priority:         0
  Service Account:  loki
  Node:             alpha/192.0.2.11
  Start Time:       Tue, 03 Feb 2026 10:00:00 +0100
  Labels:           app=loki
                    release=x
  Annotations:      checksum/config: abc
  Status:           Running
  IP:               10.1.0.9
  Controlled By:    StatefulSet/loki
  Init Containers:
    own:
      Image:         busybox
      Port:          <none>
      Command:
        sh
        -c
        set -e
        chown -R 10001 /data

      State:          Terminated
        Reason:       Completed
        Exit Code:    0
      Ready:          True
      Restart Count:  0
      Environment:    <none>
  Containers:
    loki:
      Container ID:  containerd://aa
      Image:         grafana/loki:3.0.0
      Ports:         3100/TCP, 9096/TCP
      Host Ports:    0/TCP, 19096/TCP
      Args:
        -config.file=/etc/loki/loki.yaml
        -target=all
      State:          Waiting
        Reason:       CrashLoopBackOff
      Last State:     Terminated
        Reason:       Error
        Message:      level=error msg="first line"
  panic: second line

        Exit Code:    2
        Started:      Tue, 03 Feb 2026 10:05:00 +0100
        Finished:     Tue, 03 Feb 2026 10:05:01 +0100
      Ready:          False
      Restart Count:  9
      Limits:
        memory:  1Gi
      Liveness:   exec [cat /tmp/ok] delay=5s timeout=2s period=7s #success=1 #failure=4
      Readiness:  http-get http://:http-metrics/ready delay=30s timeout=1s period=10s #success=1 #failure=3
      Startup:    tcp-socket :3100 delay=0s timeout=1s period=15s #success=1 #failure=20
      Environment Variables from:
        loki-env  ConfigMap  Optional: false
      Environment:
        TOKEN:     <set to the key 'token' in secret 'loki-token'>  Optional: false
        PASSWORD:  hunter2
        POD_IP:     (v1:status.podIP)
        URL:       http://x:1/y
      Mounts:
        /data from storage (rw)
        /etc/loki/loki.yaml from config (ro,path="loki.yaml")
  Conditions:
    Type              Status
    Initialized       True
    Ready             False
  Volumes:
    storage:
      Type:       PersistentVolumeClaim (a reference to a PersistentVolumeClaim in the same namespace)
      ClaimName:  storage-loki-0
      ReadOnly:   false
    config:
      Type:      ConfigMap (a volume populated by a ConfigMap)
      Name:      loki
      Optional:  true
    host:
      Type:          HostPath (bare host directory volume)
      Path:          /srv/loki
  QoS Class:                   Burstable
  Node-Selectors:              kubernetes.io/os=linux
  Tolerations:                 dedicated=mon:NoSchedule
                               node.kubernetes.io/not-ready:NoExecute op=Exists for 300s
  Events:
    Type     Reason     Age                   From               Message
    ----     ------     ----                  ----               -------
    Normal   Scheduled  24m                   default-scheduler  Successfully assigned logs/loki-0 to alpha
    Warning  BackOff    4m26s (x97 over 23m)  kubelet            Back-off restarting failed container loki in pod loki-0_logs(2ba08edf-75cf-4354-a555-4420ae7c9f4e)
    Warning  Unhealthy  3m (x4 over 5m)       kubelet, alpha     Readiness probe failed: 503`;

/** 1-based line of the pod's text that holds `piece`. */
const lineWith = (piece: string) =>
  dedent(pod)
    .split("\n")
    .findIndex((line) => line.includes(piece)) + 1;

describe("a pod", () => {
  const { facts } = read(pod);
  const [found] = facts["kubernetes.pods"];

  it("has its head and state", () => {
    expect(found).toMatchObject({
      name: "loki-0",
      namespace: "logs",
      node: "alpha",
      ip: "10.1.0.9",
      labels: { app: "loki", release: "x" },
      ownerKind: "StatefulSet",
      phase: "Running",
      statusText: "CrashLoopBackOff",
      ready: false,
      readyContainers: 0,
      totalContainers: 1,
      restarts: 9,
      startedMs: Date.UTC(2026, 1, 3, 9, 0, 0),
      conditions: [
        { type: "Initialized" },
        { type: "Ready", status: "False", at: { line: lineWith("Ready             False") } },
      ],
    });
  });

  it("has its containers, each part with its line", () => {
    const [own, loki] = found?.spec?.containers ?? [];
    expect(own).toMatchObject({
      init: true,
      command: ["sh", "-c", "set -e\nchown -R 10001 /data"],
      ready: true,
    });
    expect(loki).toMatchObject({
      at: { line: lineWith("  loki:") },
      args: ["-config.file=/etc/loki/loki.yaml", "-target=all"],
      ports: [{ containerPort: 3100 }, { containerPort: 9096, hostPort: 19096 }],
      lastState: {
        reason: "Error",
        exitCode: 2,
        message: 'level=error msg="first line"\npanic: second line',
      },
      restartCount: 9,
      limits: { memory: "1Gi" },
      livenessProbe: { type: "exec", command: ["cat", "/tmp/ok"], failureThreshold: 4, periodSeconds: 7 },
      readinessProbe: { type: "http", port: "http-metrics", path: "/ready", initialDelaySeconds: 30 },
      startupProbe: { type: "tcp", port: "3100", failureThreshold: 20 },
      env: [
        { name: "*", from: "configmap loki-env" },
        { name: "TOKEN", from: "secret loki-token/token" },
        { name: "PASSWORD", value: "[redacted]" },
        { name: "POD_IP", from: "field status.podIP" },
        { name: "URL", value: "http://x:1/y" },
      ],
      mounts: [
        { mountPath: "/data", readOnly: false },
        { mountPath: "/etc/loki/loki.yaml", name: "config", readOnly: true, subPath: "loki.yaml" },
      ],
    });
  });

  it("has its volumes and tolerations", () => {
    expect(found?.spec?.volumes).toMatchObject([
      { type: "persistentVolumeClaim", ref: "storage-loki-0" },
      { type: "configMap", ref: "loki", optional: true },
      { type: "hostPath", ref: "/srv/loki" },
    ]);
    expect(found?.spec?.tolerations).toEqual([
      { key: "dedicated", value: "mon", effect: "NoSchedule" },
      { key: "node.kubernetes.io/not-ready", effect: "NoExecute", operator: "Exists" },
    ]);
  });

  it("has its events and messages", () => {
    expect(facts["kubernetes.events"]).toMatchObject([
      { reason: "Scheduled", name: "loki-0", objectKind: "Pod" },
      { reason: "BackOff", count: 97, lastSeenSecondsAgo: 266, firstSeenSecondsAgo: 1380 },
      { message: "Readiness probe failed: 503", count: 4 },
    ]);
    const lines = facts["text.lines"].map((line) => [line.at.line, line.text, line.container]);
    expect(lines).toContainEqual([lineWith("panic:"), "panic: second line", "loki"]);
  });
});

describe("pieces", () => {
  it("reads an Events: section alone", () => {
    const { facts } = read(`
      Events:
        Type     Reason     Age                From     Message
        Warning  Unhealthy  23m (x4 over 98m)  kubelet  Readiness probe failed: HTTP probe failed with statuscode: 503`);
    expect(facts["kubernetes.events"]).toMatchObject([{ name: "", count: 4, reason: "Unhealthy" }]);
    const named = read("  Warning  FailedMount  2m  kubelet  MountVolume.SetUp failed", {
      command: "kubectl describe po loki-0 -n logs",
    });
    expect(named.facts["kubernetes.events"]).toMatchObject([
      { name: "loki-0", namespace: "logs", objectKind: "Pod" },
    ]);
  });

  it("reads old columns", () => {
    const { facts } = read(`
      Events:
        FirstSeen  LastSeen  Count  From            SubObjectPath           Type     Reason   Message
        ---------  --------  -----  ----            -------------           -------- ------   -------
        1h         2m        17     kubelet, alpha  spec.containers{loki}   Warning  BackOff  Back-off restarting failed container`);
    expect(facts["kubernetes.events"]).toMatchObject([
      { count: 17, lastSeenSecondsAgo: 120, reason: "BackOff" },
    ]);
    expect(facts["text.lines"]).toMatchObject([{ container: "loki" }]);
  });

  it("reads a container without its pod", () => {
    const { facts } = read(`
        grafana:
          Image:          grafana/grafana:11.0.0
          State:          Waiting
            Reason:       CrashLoopBackOff
          Last State:     Terminated
            Reason:       OOMKilled
            Exit Code:    137
          Restart Count:  5`);
    expect(facts["kubernetes.pods"]).toMatchObject([
      {
        name: "",
        spec: { containers: [{ name: "grafana", lastState: { reason: "OOMKilled", exitCode: 137 } }] },
      },
    ]);
  });
});

describe("other kinds", () => {
  it("reads services with several ports and their endpoints, two in one output", () => {
    const { facts } = read(`
      Name:              a
      Namespace:         logs
      Labels:            <none>
      Annotations:       <none>
      Selector:          app=a,tier=x
      Type:              NodePort
      IP Families:       IPv4
      IP:                10.0.0.1
      Port:              http  80/TCP
      TargetPort:        web/TCP
      NodePort:          http  30080/TCP
      Endpoints:         10.1.0.1:80,10.1.0.2:80
      Port:              <unset>  9096/TCP
      TargetPort:        9096/TCP
      Endpoints:         10.1.0.1:9096
      Session Affinity:  None
      Events:            <none>


      Name:              b
      Namespace:         logs
      Labels:            app=b
      Selector:          <none>
      Type:              ClusterIP
      IP:                None
      Port:              <unset>  80/TCP
      Endpoints:         
      Session Affinity:  None`);
    expect(facts["kubernetes.services"]).toMatchObject([
      {
        name: "a",
        selector: { app: "a", tier: "x" },
        ports: [
          { name: "http", port: 80, targetPort: "web", nodePort: 30080 },
          { port: 9096, targetPort: "9096" },
        ],
      },
      { name: "b", clusterIP: "None", selector: {}, at: { line: 20 } },
    ]);
    expect(facts["kubernetes.endpoints"]).toMatchObject([
      { name: "a", ready: ["10.1.0.1:80", "10.1.0.2:80", "10.1.0.1:9096"] },
      { name: "b", ready: [] },
    ]);
  });

  it("reads workloads with their pod template", () => {
    const { facts } = read(`
      Name:                   grafana
      Namespace:              mon
      CreationTimestamp:      Tue, 03 Feb 2026 10:00:00 +0100
      Labels:                 app=grafana
      Selector:               app=grafana
      Replicas:               2 desired | 1 updated | 3 total | 1 available | 2 unavailable
      StrategyType:           RollingUpdate
      Pod Template:
        Labels:  app=grafana
        Containers:
         grafana:
          Image:      grafana/grafana:11.0.0
          Port:       3000/TCP
          Mounts:
            /var/lib/grafana from storage (rw)
        Volumes:
         storage:
          Type:       PersistentVolumeClaim (a reference)
          ClaimName:  grafana
          ReadOnly:   false
      Conditions:
        Type           Status  Reason
        Available      False   MinimumReplicasUnavailable`);
    expect(facts["kubernetes.workloads"]).toMatchObject([
      {
        kind: "Deployment",
        desired: 2,
        current: 3,
        ready: 1,
        updateStrategy: "RollingUpdate",
        templateLabels: { app: "grafana" },
        spec: {
          containers: [{ name: "grafana", mounts: [{ mountPath: "/var/lib/grafana", at: { line: 15 } }] }],
          volumes: [{ type: "persistentVolumeClaim", ref: "grafana" }],
        },
      },
    ]);
  });

  it("reads nodes", () => {
    const { facts } = read(`
      Name:               alpha
      Roles:              control-plane
      Labels:             kubernetes.io/os=linux
      CreationTimestamp:  Tue, 03 Feb 2026 10:00:00 +0100
      Taints:             node.kubernetes.io/disk-pressure:NoSchedule
                          dedicated=mon:NoExecute
      Unschedulable:      true
      Conditions:
        Type             Status  LastHeartbeatTime                 LastTransitionTime                Reason                 Message
        ----             ------  -----------------                 ------------------                ------                 -------
        DiskPressure     True    Tue, 03 Feb 2026 10:00:00 +0100   Tue, 03 Feb 2026 10:00:00 +0100   KubeletHasDiskPressure kubelet has disk pressure
        Ready            False   Tue, 03 Feb 2026 10:00:00 +0100   Tue, 03 Feb 2026 10:00:00 +0100   KubeletNotReady        container runtime network not ready
      Addresses:
        InternalIP:  192.0.2.11
      System Info:
        Architecture:               arm64
        Kubelet Version:            v1.30.1`);
    expect(facts["kubernetes.nodes"]).toMatchObject([
      {
        ready: false,
        statusText: "NotReady,SchedulingDisabled",
        arch: "arm64",
        taints: [
          { key: "node.kubernetes.io/disk-pressure", effect: "NoSchedule" },
          { key: "dedicated", value: "mon" },
        ],
        internalIP: "192.0.2.11",
      },
    ]);
    expect(facts["kubernetes.nodes"][0]?.conditions?.[1]).toMatchObject({
      reason: "KubeletNotReady",
      message: "container runtime network not ready",
    });
  });

  it("reads claims, volumes and endpoints", () => {
    const { facts } = read(`
      Name:          data-0
      Namespace:     mon
      StorageClass:  
      Status:        Pending
      Volume:        
      Labels:        <none>
      Capacity:      
      Access Modes:  
      Used By:       metrics-0
      Events:
        Type    Reason         Age               From                         Message
        ----    ------         ----              ----                         -------
        Normal  FailedBinding  3s (x2 over 15s)  persistentvolume-controller  no persistent volumes available for this claim and no storage class is set

      Name:              pv-1
      Labels:            <none>
      StorageClass:      manual
      Status:            Bound
      Claim:             mon/data-1
      Reclaim Policy:    Retain
      Access Modes:      RWO
      Capacity:          5Gi
      Node Affinity:     
        Required Terms:  
          Term 0:        kubernetes.io/hostname in [alpha]
      Source:
          Type:  LocalVolume (a persistent volume backed by local storage on a node)
          Path:  /mnt/disk1

      Name:         loki
      Namespace:    logs
      Labels:       <none>
      Subsets:
        Addresses:          10.1.0.1,10.1.0.2
        NotReadyAddresses:  10.1.0.3
        Ports:
          Name     Port  Protocol
          ----     ----  --------
          http     3100  TCP`);
    expect(facts["kubernetes.claims"]).toMatchObject([
      { name: "data-0", phase: "Pending", storageClass: "" },
    ]);
    expect(facts["kubernetes.events"]).toMatchObject([
      { objectKind: "PersistentVolumeClaim", name: "data-0", count: 2 },
    ]);
    expect(facts["kubernetes.volumes"]).toMatchObject([
      {
        type: "local",
        path: "/mnt/disk1",
        nodeNames: ["alpha"],
        claimRef: { namespace: "mon", name: "data-1" },
      },
    ]);
    expect(facts["kubernetes.endpoints"]).toMatchObject([
      { name: "loki", ready: ["10.1.0.1:3100", "10.1.0.2:3100"], notReady: ["10.1.0.3:3100"] },
    ]);
  });

  it("hands over the files of a described ConfigMap with their lines", () => {
    const files: Segment[] = [];
    const keep: Parser = {
      id: "keep",
      reads: "",
      provides: [],
      recognise: () => 0.1,
      parse: (segment) => void files.push(segment),
    };
    const text = dedent(`
      Name:         rules
      Namespace:    mon
      Labels:       <none>
      Annotations:  <none>

      Data
      ====
      a.yml:
      ----
      groups:
        - name: x

      b.yml:
      ----
      one: 1

      BinaryData
      ====

      Events:  <none>
      `);
    const { facts } = recogniseAll([{ source: "d.txt", startLine: 1, text }], [...kubernetesParsers, keep]);
    expect(facts["kubernetes.configmaps"]).toMatchObject([
      { name: "rules", keys: [{ name: "a.yml" }, { name: "b.yml" }] },
    ]);
    expect(files).toMatchObject([
      { startLine: 10, text: "groups:\n  - name: x\n", embeddedIn: { name: "rules", key: "a.yml" } },
      { startLine: 15, text: "one: 1\n" },
    ]);
  });

  it("reads custom resources back into the API's keys", () => {
    const { facts } = read(`
      Name:         k8s
      Namespace:    mon
      Labels:       app=x
      API Version:  monitoring.coreos.com/v1
      Kind:         Prometheus
      Spec:
        Replicas:  2
        Service Monitor Selector:
          Match Labels:
            Release:  x
        Rule Namespace Selector:
      Status:
        Conditions:
          Message:  found nothing
          Status:   False
          Type:     Available
          Status:   True
          Type:     Reconciled`);
    expect(facts["kubernetes.objects"]).toMatchObject([
      {
        kind: "Prometheus",
        apiVersion: "monitoring.coreos.com/v1",
        value: {
          spec: { replicas: 2, serviceMonitorSelector: { matchLabels: { release: "x" } } },
          status: { conditions: [{ message: "found nothing", type: "Available" }, { type: "Reconciled" }] },
        },
      },
    ]);
  });
});
