// Outputs of every family, small and whole; the property tests damage them.
import { dedent } from "./read.ts";

export const corpus: readonly string[] = [
  `
    NAMESPACE   NAME        READY   STATUS             RESTARTS       AGE    IP          NODE    NOMINATED NODE   READINESS GATES
    mon         metrics-0   1/2     CrashLoopBackOff   9 (2m5s ago)   24m    10.1.0.8    alpha   <none>           <none>
    mon         loki-0      0/1     Init:0/1           0              5y2d   <none>      <none>  <none>           <none>`,
  `
    NAME                  READY   UP-TO-DATE   AVAILABLE   AGE
    deployment.apps/dash  0/1     1            0           16d

    NAME            TYPE        CLUSTER-IP   EXTERNAL-IP   PORT(S)             AGE
    service/loki    ClusterIP   None         <none>        3100/TCP,9096/TCP   4d`,
  `
    LAST SEEN            TYPE      REASON      OBJECT       MESSAGE
    19m (x2 over 20m)    Warning   Unhealthy   pod/loki-0   Startup probe failed: HTTP probe failed with statuscode: 503
    3m                   Normal    Pulled      pod/loki-0   Container image "x" already present`,
  `
    NAME     STATUS    VOLUME   CAPACITY   ACCESS MODES   STORAGECLASS   AGE
    server   Pending                                                     4m
    data-0   Bound     pv-1     10Gi       RWO            fast           4m
    Error from server (Forbidden): nodes is forbidden: User "dev" cannot list resource "nodes" in API group "" at the cluster scope
    No resources found in mon namespace.`,
  `
    Name:             loki-0
    Namespace:        logs
    Node:             alpha/192.0.2.11
    Start Time:       Tue, 03 Feb 2026 10:00:00 +0100
    Labels:           app=loki
                      release=x
    Status:           Running
    Containers:
      loki:
        Image:         grafana/loki:3.0.0
        Args:
          -config.file=/etc/loki/loki.yaml
        State:          Waiting
          Reason:       CrashLoopBackOff
        Last State:     Terminated
          Message:      level=error msg="x"
          Exit Code:    2
        Readiness:  http-get http://:3100/ready delay=30s timeout=1s period=10s #success=1 #failure=3
        Mounts:
          /data from storage (rw)
    Conditions:
      Type    Status
      Ready   False
    Volumes:
      storage:
        Type:       PersistentVolumeClaim (a reference)
        ClaimName:  storage-loki-0
    Events:
      Type     Reason   Age                   From     Message
      ----     ------   ----                  ----     -------
      Warning  BackOff  4m26s (x97 over 23m)  kubelet  Back-off restarting failed container`,
  `
    Name:         rules
    Namespace:    mon
    Labels:       <none>

    Data
    ====
    a.yml:
    ----
    groups:
      - name: x

    Events:  <none>`,
  `
    # Source: chart/templates/x.yaml
    apiVersion: v1
    kind: ConfigMap
    metadata: {name: rules, namespace: mon}
    data:
      a.yml: |-
        groups:
          - name: &g a
      b.yml: "one: 1\\ntwo: 2\\n"
    ---
    {{- if .Values.x }}
    apiVersion: apps/v1
    kind: Deployment
    metadata:
      name: {{ include "x" . }}
    spec:
      template:
        spec:
          containers:
            - name: a
              image: "a:{{ .Values.tag }}"
              env: [{name: A, value: *g}]
    {{- end }}`,
  JSON.stringify(
    {
      kind: "PodList",
      apiVersion: "v1",
      items: [
        {
          metadata: { name: "loki-0", namespace: "logs", uid: "u" },
          spec: {
            containers: [
              { name: "loki", ports: [{ containerPort: 3100 }], env: [{ name: "A", value: "b" }] },
            ],
          },
          status: {
            phase: "Running",
            conditions: [{ type: "Ready", status: "False", message: "not ready" }],
            containerStatuses: [
              { name: "loki", restartCount: 3, state: { terminated: { exitCode: 1, message: "a\nb" } } },
            ],
          },
        },
      ],
    },
    undefined,
    2,
  ),
  `
    Waiting for deployment "dash" rollout to finish: 0 of 1 updated replicas are available...
    error: deployment "dash" exceeded its progress deadline
    ==== START logs for container loki of pod logs/loki-0 ====
    level=info msg=hello
    ==== END logs for container loki of pod logs/loki-0 ====`,
].map((text) => (text.startsWith("\n") ? dedent(text) : text));
