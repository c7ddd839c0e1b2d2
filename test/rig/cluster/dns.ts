// CoreDNS as a cluster has it: a Deployment in kube-system behind the Service kube-dns.
import { dnsAddress } from "./node.ts";

const corefile = `.:53 {
    errors
    health {
        lameduck 1s
    }
    ready
    kubernetes cluster.local in-addr.arpa ip6.arpa {
        pods insecure
        fallthrough in-addr.arpa ip6.arpa
        ttl 5
    }
    prometheus :9153
    forward . /etc/resolv.conf
    cache 5
    loop
    reload 5s
    loadbalance
}
`;

const meta = { namespace: "kube-system", labels: { "k8s-app": "kube-dns" } };
const probe = (path: string, port: number) => ({ httpGet: { path, port }, periodSeconds: 2 });

const deployment = (image: string): object => ({
  apiVersion: "apps/v1",
  kind: "Deployment",
  metadata: { ...meta, name: "coredns" },
  spec: {
    replicas: 1,
    selector: { matchLabels: meta.labels },
    template: {
      metadata: { labels: meta.labels },
      spec: {
        serviceAccountName: "coredns",
        priorityClassName: "system-cluster-critical",
        terminationGracePeriodSeconds: 1,
        dnsPolicy: "Default",
        tolerations: [{ operator: "Exists" }],
        containers: [
          {
            name: "coredns",
            image,
            args: ["-conf", "/etc/coredns/Corefile"],
            ports: [
              { name: "dns", containerPort: 53, protocol: "UDP" },
              { name: "dns-tcp", containerPort: 53, protocol: "TCP" },
              { name: "metrics", containerPort: 9153, protocol: "TCP" },
            ],
            readinessProbe: probe("/ready", 8181),
            livenessProbe: { ...probe("/health", 8080), initialDelaySeconds: 10 },
            securityContext: {
              allowPrivilegeEscalation: false,
              capabilities: { add: ["NET_BIND_SERVICE"], drop: ["ALL"] },
              readOnlyRootFilesystem: true,
              runAsUser: 0,
            },
            volumeMounts: [{ name: "config", mountPath: "/etc/coredns", readOnly: true }],
          },
        ],
        volumes: [{ name: "config", configMap: { name: "coredns" } }],
      },
    },
  },
});

export const dnsObjects = (image: string): object[] => [
  { apiVersion: "v1", kind: "ServiceAccount", metadata: { name: "coredns", namespace: "kube-system" } },
  {
    apiVersion: "rbac.authorization.k8s.io/v1",
    kind: "ClusterRole",
    metadata: { name: "system:coredns" },
    rules: [
      {
        apiGroups: [""],
        resources: ["endpoints", "services", "pods", "namespaces"],
        verbs: ["list", "watch"],
      },
      { apiGroups: ["discovery.k8s.io"], resources: ["endpointslices"], verbs: ["list", "watch"] },
    ],
  },
  {
    apiVersion: "rbac.authorization.k8s.io/v1",
    kind: "ClusterRoleBinding",
    metadata: { name: "system:coredns" },
    roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "ClusterRole", name: "system:coredns" },
    subjects: [{ kind: "ServiceAccount", name: "coredns", namespace: "kube-system" }],
  },
  {
    apiVersion: "v1",
    kind: "ConfigMap",
    metadata: { ...meta, name: "coredns" },
    data: { Corefile: corefile },
  },
  deployment(image),
  {
    apiVersion: "v1",
    kind: "Service",
    metadata: { ...meta, name: "kube-dns" },
    spec: {
      clusterIP: dnsAddress,
      selector: meta.labels,
      ports: [
        { name: "dns", port: 53, protocol: "UDP" },
        { name: "dns-tcp", port: 53, protocol: "TCP" },
        { name: "metrics", port: 9153, protocol: "TCP" },
      ],
    },
  },
];
