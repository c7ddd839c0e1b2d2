// The files of the cluster's only node: systemd units of the control plane and the node's agents, and their settings.
import type { HostSpec } from "../host.ts";
import type { Placed } from "../world/files.ts";

export const nodeName = "node1";
export const nodeAddress = "10.77.0.20";
export const dnsAddress = "10.96.0.10";
const firstServiceAddress = "10.96.0.1";
const serviceRange = "10.96.0.0/16";
const podRange = "10.244.0.0/16";
const bin = "/opt/kubernetes";
const etc = "/etc/kubernetes";

export const pkiArguments = [nodeName, nodeAddress, firstServiceAddress];

const unit = (name: string, command: readonly string[], extra: readonly string[] = []): Placed => ({
  path: `/etc/systemd/system/${name}.service`,
  text: [
    "[Unit]",
    `Description=${name}`,
    // A crash is an event to see, not a reason to stay down.
    "StartLimitIntervalSec=0",
    "[Service]",
    `ExecStart=${command.join(" ")}`,
    "Restart=always",
    "RestartSec=1",
    ...extra,
    "[Install]",
    "WantedBy=multi-user.target",
    "",
  ].join("\n"),
});

const etcd = unit("etcd", [
  "/usr/bin/etcd",
  "--name=rig",
  // In memory: this cluster has nothing to keep, and a disk that syncs slowly is not what is tested here.
  "--data-dir=/run/etcd",
  "--listen-client-urls=http://127.0.0.1:2379",
  "--advertise-client-urls=http://127.0.0.1:2379",
  "--auto-compaction-retention=1",
]);

const apiServer = unit("kube-apiserver", [
  `${bin}/kube-apiserver`,
  "--etcd-servers=http://127.0.0.1:2379",
  `--advertise-address=${nodeAddress}`,
  "--secure-port=6443",
  `--service-cluster-ip-range=${serviceRange}`,
  "--authorization-mode=Node,RBAC",
  "--enable-admission-plugins=NodeRestriction",
  "--allow-privileged=true",
  `--client-ca-file=${etc}/pki/ca.crt`,
  `--tls-cert-file=${etc}/pki/apiserver.crt`,
  `--tls-private-key-file=${etc}/pki/apiserver.key`,
  `--kubelet-client-certificate=${etc}/pki/kubelet-client.crt`,
  `--kubelet-client-key=${etc}/pki/kubelet-client.key`,
  "--service-account-issuer=https://kubernetes.default.svc.cluster.local",
  `--service-account-key-file=${etc}/pki/service-accounts.pub`,
  `--service-account-signing-key-file=${etc}/pki/service-accounts.key`,
]);

const controllerManager = unit("kube-controller-manager", [
  `${bin}/kube-controller-manager`,
  `--kubeconfig=${etc}/controller-manager.kubeconfig`,
  `--root-ca-file=${etc}/pki/ca.crt`,
  `--service-account-private-key-file=${etc}/pki/service-accounts.key`,
  "--use-service-account-credentials=true",
  // A node that falls silent is seen after 20 seconds instead of 50.
  "--node-monitor-grace-period=20s",
  "--leader-elect=false",
]);

const scheduler = unit("kube-scheduler", [
  `${bin}/kube-scheduler`,
  `--kubeconfig=${etc}/scheduler.kubeconfig`,
  "--leader-elect=false",
]);

const kubelet = unit("kubelet", [
  `${bin}/kubelet`,
  `--kubeconfig=${etc}/kubelet.kubeconfig`,
  `--config=${etc}/kubelet.yaml`,
]);

const proxy = unit("kube-proxy", [`${bin}/kube-proxy`, `--config=${etc}/proxy.yaml`]);

const kubeletConfig = `apiVersion: kubelet.config.k8s.io/v1beta1
kind: KubeletConfiguration
authentication:
  anonymous: {enabled: false}
  webhook: {enabled: true}
  x509: {clientCAFile: ${etc}/pki/ca.crt}
authorization: {mode: Webhook}
containerRuntimeEndpoint: unix:///run/containerd/containerd.sock
clusterDomain: cluster.local
clusterDNS: [${dnsAddress}]
resolvConf: /etc/resolv.conf
cgroupDriver: cgroupfs
failCgroupV1: false
failSwapOn: false
# The machine's own kernel settings are not the rig's to change; files bound over them show what the kubelet wants.
protectKernelDefaults: true
# The node shares the machine's disk; how full that is must not decide a scenario.
evictionHard: {memory.available: 100Mi, nodefs.available: 1%, imagefs.available: 1%}
imageGCHighThresholdPercent: 100
nodeStatusUpdateFrequency: 4s
syncFrequency: 10s
shutdownGracePeriod: 0s
`;

const proxyConfig = `apiVersion: kubeproxy.config.k8s.io/v1alpha1
kind: KubeProxyConfiguration
clientConnection: {kubeconfig: ${etc}/proxy.kubeconfig}
mode: iptables
clusterCIDR: ${podRange}
# The size of the connection table belongs to the machine.
conntrack: {maxPerCore: 0, min: 0, tcpEstablishedTimeout: 0s, tcpCloseWaitTimeout: 0s}
`;

/** restrict_oom_score_adj: a machine may lack CAP_SYS_RESOURCE, and then runc cannot lower a score. */
const containerdConfig = (pause: string): string => `version = 2
[plugins."io.containerd.grpc.v1.cri"]
  sandbox_image = "${pause}"
  restrict_oom_score_adj = true
  [plugins."io.containerd.grpc.v1.cri".cni]
    bin_dir = "/usr/lib/cni"
    conf_dir = "/etc/cni/net.d"
`;

const network = {
  cniVersion: "0.4.0",
  name: "bridge",
  plugins: [
    {
      type: "bridge",
      bridge: "cni0",
      isGateway: true,
      ipMasq: true,
      hairpinMode: true,
      ipam: { type: "host-local", ranges: [[{ subnet: podRange }]], routes: [{ dst: "0.0.0.0/0" }] },
    },
    { type: "portmap", capabilities: { portMappings: true } },
  ],
};

/** What the kubelet demands of the kernel, shown to it by files bound over the real ones. */
export const kernelWishes: Readonly<Record<string, string>> = {
  "vm/overcommit_memory": "1",
  "vm/panic_on_oom": "0",
  "kernel/panic": "10",
  "kernel/panic_on_oops": "1",
  "kernel/keys/root_maxkeys": "1000000",
  "kernel/keys/root_maxbytes": "25000000",
};

/** Started in this order once the node's certificates are there. */
export const controlPlane = ["etcd", "kube-apiserver", "kube-controller-manager", "kube-scheduler"] as const;
export const nodeAgents = ["kubelet", "kube-proxy"] as const;

export const nodeSpec = (binaries: string, wishes: string, pause: string): HostSpec => ({
  name: nodeName,
  address: nodeAddress,
  units: ["ssh.service", "containerd.service"],
  disks: ["/var/lib/kubelet", "/srv"],
  binds: [
    { from: binaries, to: bin, readOnly: true },
    ...Object.keys(kernelWishes).map((name) => ({ from: `${wishes}/${name}`, to: `/proc/sys/${name}` })),
  ],
  files: [
    ...[etcd, apiServer, controllerManager, scheduler, kubelet, proxy],
    { path: `${etc}/kubelet.yaml`, text: kubeletConfig },
    { path: `${etc}/proxy.yaml`, text: proxyConfig },
    { path: "/etc/containerd/config.toml", text: containerdConfig(pause) },
    { path: "/etc/cni/net.d/10-bridge.conflist", text: JSON.stringify(network, null, 2) },
  ],
});
