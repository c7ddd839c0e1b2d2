// Workloads of a monitoring stack on the rig's cluster, as plain objects that scenarios bend.
export const serving = (
  name: string,
  port: number,
  selector: object = { app: name },
  targetPort: string | number = "http",
): object => ({
  apiVersion: "v1",
  kind: "Service",
  metadata: { name },
  spec: { selector, ports: [{ name: "http", port, targetPort }] },
});

export const configMap = (name: string, data: Readonly<Record<string, string>>): object => ({
  apiVersion: "v1",
  kind: "ConfigMap",
  metadata: { name },
  data,
});

type Workload = {
  readonly name: string;
  readonly image: string;
  readonly port: number;
  readonly ready: string;
  readonly args?: readonly string[];
  readonly container?: object;
  readonly pod?: object;
  /** ConfigMap and where it is mounted. */
  readonly config?: { readonly map: string; readonly at: string };
};

export const deployment = ({ name, image, port, ready, args, container, pod, config }: Workload): object => ({
  apiVersion: "apps/v1",
  kind: "Deployment",
  metadata: { name, labels: { app: name } },
  spec: {
    replicas: 1,
    strategy: { type: "Recreate" },
    selector: { matchLabels: { app: name } },
    template: {
      metadata: { labels: { app: name } },
      spec: {
        terminationGracePeriodSeconds: 2,
        containers: [
          {
            name,
            image,
            ...(args === undefined ? {} : { args }),
            ports: [{ name: "http", containerPort: port }],
            readinessProbe: { httpGet: { path: ready, port: "http" }, periodSeconds: 1 },
            ...(config === undefined ? {} : { volumeMounts: [{ name: "config", mountPath: config.at }] }),
            ...container,
          },
        ],
        ...(config === undefined ? {} : { volumes: [{ name: "config", configMap: { name: config.map } }] }),
        ...pod,
      },
    },
  },
});

const prometheusArgs = ["--config.file=/etc/prometheus/prometheus.yml", "--storage.tsdb.path=/prometheus"];

/** Without a configuration of its own it uses the image's, which scrapes Prometheus itself. */
export const prometheus = (image: string, more: Partial<Workload> = {}): object =>
  deployment({ name: "prometheus", image, port: 9090, ready: "/-/ready", args: prometheusArgs, ...more });

export const loki = (image: string, more: Partial<Workload> = {}): object =>
  deployment({ name: "loki", image, port: 3100, ready: "/ready", ...more });

/** One process, everything in memory or in the container; `extra` is added at the top level. */
export const lokiConfig = (extra = ""): string => `auth_enabled: false
server: {http_listen_port: 3100, grpc_listen_port: 9096}
common:
  instance_addr: 127.0.0.1
  path_prefix: /loki
  storage: {filesystem: {chunks_directory: /loki/chunks, rules_directory: /loki/rules}}
  replication_factor: 1
  ring: {kvstore: {store: inmemory}}
schema_config:
  configs:
    - {from: 2024-01-01, store: tsdb, object_store: filesystem, schema: v13, index: {prefix: index_, period: 24h}}
analytics: {reporting_enabled: false}
${extra}`;
