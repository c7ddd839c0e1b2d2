// Whole incidents on Kubernetes, several components at once: the one cause comes first, its echoes are symptoms.
import { describe, expect, test } from "vitest";
import { analyseFixture } from "../fixture.ts";

interface Incident {
  readonly story: string;
  readonly evidence: Readonly<Record<string, string>>;
  readonly root: string;
  readonly symptoms: readonly string[];
}

const incidents: readonly Incident[] = [
  {
    story: "a quota keeps Grafana's new pod from being created, and its Service is empty",
    evidence: {
      "all.txt": `$ kubectl -n lab get events
LAST SEEN   TYPE      REASON         OBJECT                     MESSAGE
4m          Warning   FailedCreate   replicaset/grafana-6d4f9   Error creating: pods "grafana-6d4f9-xk2lp" is forbidden: exceeded quota: lab, requested: limits.memory=2Gi, used: limits.memory=15Gi, limited: limits.memory=16Gi
$ kubectl -n lab get deploy,svc,endpoints
NAME                      READY   UP-TO-DATE   AVAILABLE   AGE
deployment.apps/grafana   0/1     0            0           31d

NAME              TYPE        CLUSTER-IP     EXTERNAL-IP   PORT(S)   AGE
service/grafana   ClusterIP   10.43.12.101   <none>        80/TCP    31d

NAME                ENDPOINTS   AGE
endpoints/grafana   <none>      31d
`,
    },
    root: "kubernetes/quota-exceeded",
    symptoms: ["kubernetes/service-without-endpoints"],
  },
  {
    story: "a tag that does not exist keeps Loki's pod in ImagePullBackOff",
    evidence: {
      "all.txt": `$ kubectl -n logs get pods
NAME      READY   STATUS             RESTARTS   AGE
loki-0    0/1     ImagePullBackOff   0          23m
$ kubectl -n logs get events
LAST SEEN   TYPE      REASON   OBJECT       MESSAGE
22m         Warning   Failed   pod/loki-0   Failed to pull image "grafana/loki:3.55.0": rpc error: code = NotFound desc = failed to pull and unpack image "docker.io/grafana/loki:3.55.0": docker.io/grafana/loki:3.55.0: not found
`,
    },
    root: "kubernetes/image-pull-failed",
    symptoms: ["kubernetes/pod-pending"],
  },
  {
    story: "a claim without a class keeps Prometheus Pending, and Grafana finds nobody behind the Service",
    evidence: {
      "pods.txt": `$ kubectl -n obs get pods,pvc,sc,endpoints
NAME                          READY   STATUS    RESTARTS   AGE
pod/prometheus-server-0       0/2     Pending   0          14m
pod/grafana-5f6d7c8b9c-2wq8r  1/1     Running   0          14m

NAME                                                      STATUS    VOLUME   CAPACITY   ACCESS MODES   STORAGECLASS   AGE
persistentvolumeclaim/storage-volume-prometheus-server-0   Pending                                                     14m

NAME                                        PROVISIONER          RECLAIMPOLICY   VOLUMEBINDINGMODE   ALLOWVOLUMEEXPANSION   AGE
storageclass.storage.k8s.io/nfs             nfs.csi.k8s.io       Delete          Immediate           true                   8d
`,
      "events.txt": `$ kubectl -n obs get events
LAST SEEN   TYPE      REASON             OBJECT                    MESSAGE
1m          Warning   FailedScheduling   pod/prometheus-server-0   0/3 nodes are available: pod has unbound immediate PersistentVolumeClaims.
2m          Normal    FailedBinding      persistentvolumeclaim/storage-volume-prometheus-server-0   no persistent volumes available for this claim and no storage class is set
`,
    },
    root: "kubernetes/claim-without-storage-class",
    symptoms: ["kubernetes/pod-pending"],
  },
  {
    story:
      "a lost worker: Loki's pod hangs there, its clients find nobody, its replacement waits for the disk",
    evidence: {
      "nodes.txt": `$ kubectl get nodes
NAME    STATUS     ROLES           AGE   VERSION
m1      Ready      control-plane   90d   v1.30.2
w1      Ready      <none>          90d   v1.30.2
w2      NotReady   <none>          90d   v1.30.2
`,
      "pods.txt": `$ kubectl -n logs get pods -o wide
NAME             READY   STATUS              RESTARTS   AGE   IP            NODE   NOMINATED NODE   READINESS GATES
loki-0           1/1     Terminating         0          20d   10.42.2.14    w2     <none>           <none>
promtail-x8k2p   1/1     Running             0          20d   10.42.1.15    w1     <none>           <none>
`,
      "promtail.log": `$ kubectl -n logs logs promtail-x8k2p
level=warn ts=2024-06-05T08:00:00.1Z caller=client.go:419 component=client host=loki.logs.svc:3100 msg="error sending batch, will retry" status=-1 tenant= error="Post \\"http://loki.logs.svc:3100/loki/api/v1/push\\": dial tcp 10.43.7.7:3100: connect: connection refused"
`,
    },
    root: "kubernetes/node-not-ready",
    symptoms: ["promtail/push-failing"],
  },
  {
    story: "Grafana's Deployment got new labels, its Service did not; the Ingress answers 503",
    evidence: {
      "grafana.yaml": `apiVersion: apps/v1
kind: Deployment
metadata: { name: grafana, namespace: lab }
spec:
  selector: { matchLabels: { app.kubernetes.io/name: grafana } }
  template:
    metadata: { labels: { app.kubernetes.io/name: grafana } }
    spec: { containers: [{ name: grafana, image: "grafana/grafana:11.1.0", ports: [{ containerPort: 3000 }] }] }
---
apiVersion: v1
kind: Service
metadata: { name: grafana, namespace: lab }
spec:
  selector: { app: grafana }
  ports: [{ port: 80, targetPort: 3000 }]
`,
      "kubectl.txt": `$ kubectl -n lab get pods,endpoints
NAME                           READY   STATUS    RESTARTS   AGE
pod/grafana-5f6d7c8b9c-2wq8r   1/1     Running   0          14m

NAME                ENDPOINTS   AGE
endpoints/grafana   <none>      31d
`,
    },
    root: "kubernetes/service-selects-nothing",
    symptoms: ["kubernetes/service-without-endpoints"],
  },
  {
    story: "a drained node, and the database of the dashboards may run nowhere else",
    evidence: {
      "maintenance.log": `$ kubectl drain big-1 --ignore-daemonsets --delete-emptydir-data
node/big-1 cordoned
evicting pod lab/prometheus-0
pod/prometheus-0 evicted
node/big-1 drained
`,
      "state.txt": `$ kubectl -n lab get pods
NAME           READY   STATUS    RESTARTS   AGE
prometheus-0   0/1     Pending   0          5h
$ kubectl get nodes
NAME     STATUS                     ROLES           AGE   VERSION
big-1    Ready,SchedulingDisabled   <none>          90d   v1.30.2
ctl-1    Ready                      control-plane   90d   v1.30.2
`,
    },
    root: "kubernetes/node-cordoned",
    symptoms: ["kubernetes/pod-pending"],
  },
];

describe("incidents on Kubernetes", () => {
  test.each(incidents)("$story", ({ evidence, root, symptoms }) => {
    const { report } = analyseFixture({ evidence });
    const loud = report.findings.filter((finding) => finding.severity !== "notice");
    expect(loud.filter((finding) => finding.role === "root").map((finding) => finding.rule)).toEqual([root]);
    const seen = loud.filter((finding) => finding.role === "symptom").map((finding) => finding.rule);
    expect(seen).toEqual(expect.arrayContaining([...symptoms]));
  });
});
