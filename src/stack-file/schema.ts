// The form of watchmend.yaml, written once: validation, the shipped JSON Schema and the types all come from it.
import { z } from "zod";
import { absenceKinds, agentKinds, deployedKinds, runtimes } from "../model/stack-file.ts";
import {
  addressText,
  durationText,
  fileNameText,
  folderText,
  labelName,
  memoryText,
  nameText,
  pathTextField,
  secretText,
  sizeText,
  storageText,
  urlText,
  versionText,
} from "./words.ts";

// One file is read per run: compiling its form would take longer than that.
z.config({ jitless: true });

export const schemaName = "watchmend.stack/v1";

const line = z.string().trim().min(1).max(2000);
const port = z.int().min(1).max(65_535);
const labels = z.record(labelName, z.string().max(1000));

const ssh = z
  .strictObject({
    user: z
      .string()
      .regex(/^[A-Za-z_][\w.-]{0,63}\$?$/)
      .describe("user to log in as; default: what ssh's own configuration says"),
    port: port.describe("port of sshd; default 22, or what ssh's own configuration says"),
    key: line.describe("private key file on the machine that runs watchmend"),
    jump: line.describe("host to jump over, as in ssh -J: user@bastion:22"),
  })
  .partial();

const absence = z.union([
  z.enum(absenceKinds),
  z.strictObject({ kind: z.enum(absenceKinds), reason: line.optional() }),
]);

/** Hosts a job or log belongs to: a list of names, or every host with these labels. */
const hostChoice = z.union([z.array(nameText).min(1), labels]);

const host = z.strictObject({
  address: addressText,
  names: z
    .array(addressText)
    .optional()
    .describe("further names and addresses it is reached by, for its certificate"),
  listen: addressText
    .optional()
    .describe("what its components listen on; default: the address if it is a private one, else 0.0.0.0"),
  ssh: ssh.optional(),
  roles: z
    .array(z.enum(["server", "agent"]))
    .min(1)
    .optional()
    .describe(
      "server: Prometheus, Loki, Grafana, Alertmanager; agent: node-exporter, cAdvisor, log agent. Default: agent",
    ),
  labels: labels
    .optional()
    .describe("labels of all its targets and log lines, besides role and deployment_type"),
  runtime: z.enum(runtimes).optional(),
  engine: line.optional().describe("version of its container engine; agents are checked against its API"),
  absence: absence
    .optional()
    .describe("sleeping: may be off. behind-nat: cannot be scraped, so its agents push"),
  agents: z
    .array(z.enum(agentKinds))
    .optional()
    .describe("agents of this host only; default: all that are configured"),
  containers: z
    .partialRecord(z.enum(deployedKinds), line)
    .optional()
    .describe("names of containers that exist already, to adopt them"),
  kubernetes: z
    .strictObject({
      context: line.optional().describe("kubeconfig context"),
      namespace: nameText.optional().describe("default: monitoring"),
      storage_class: nameText.optional(),
    })
    .optional()
    .describe("only with runtime kubernetes"),
});

const resources = z
  .strictObject({
    memory: memoryText,
    cpus: z.number().positive().max(1024),
    storage: storageText.describe("size of the volume claim on Kubernetes"),
  })
  .partial();

const component = z.strictObject({
  enabled: z.boolean().optional(),
  version: versionText.optional().describe("default: the version this release of watchmend was tested with"),
  image: line
    .optional()
    .describe("whole image reference, for a registry of your own; the version says what is in it"),
  archive: line
    .optional()
    .describe("file of docker save with this image, relative to this file, for hosts that cannot pull it"),
  port: port.optional(),
  listen: addressText.optional(),
  host: nameText.optional().describe("the server it runs on, when there is more than one"),
  resources: resources.optional(),
  args: z.array(line).optional().describe("further start arguments"),
  data: z
    .union([pathTextField, z.string().regex(/^[A-Za-z0-9][\w.-]{0,200}$/)])
    .optional()
    .describe(
      "where its data lies already: a folder of the host, or the name of a volume. Default: below directory",
    ),
});

const components = z
  .strictObject({
    prometheus: component.extend({
      retention: z.strictObject({ time: durationText, size: sizeText }).partial().optional(),
      scrape_interval: durationText.optional().describe("default 30s"),
      evaluation_interval: durationText.optional().describe("default 30s"),
      external_labels: labels.optional(),
    }),
    alertmanager: component,
    loki: component.extend({
      retention: z.strictObject({ time: durationText }).optional(),
      grpc_port: port.optional(),
    }),
    grafana: component.extend({
      admin_password: secretText.optional(),
      root_url: urlText.optional().describe("what people open, when a proxy stands before it"),
    }),
    "blackbox-exporter": component,
    "node-exporter": component,
    cadvisor: component.extend({
      privileged: z
        .boolean()
        .optional()
        .describe("default true, as cAdvisor advises; false where the engine may not give that"),
    }),
    alloy: component,
    promtail: component,
    "prometheus-agent": component,
  })
  .partial();

const basicAuth = z.strictObject({ username: line, password: secretText });

const target = z.union([line, z.strictObject({ target: line, labels: labels.optional() })]);

const scrapeJob = z.strictObject({
  job: z.string().regex(/^[A-Za-z0-9_][\w.:/-]{0,99}$/),
  hosts: hostChoice.optional().describe("scrape this port of these hosts: names, or labels they must have"),
  port: port.optional(),
  targets: z.array(target).optional().describe("host:port of what runs elsewhere; URLs for probes"),
  path: z
    .string()
    .regex(/^\/\S*$/)
    .optional()
    .describe("default /metrics; Jenkins' plugin answers at /prometheus/"),
  scheme: z.enum(["http", "https"]).optional(),
  interval: durationText.optional(),
  timeout: durationText.optional(),
  params: z.record(line, z.array(z.string())).optional(),
  labels: labels.optional(),
  honor_labels: z.boolean().optional(),
  sample_limit: z.int().positive().optional(),
  probe: line
    .optional()
    .describe("module of the blackbox exporter, such as http_2xx: the targets are asked through it"),
  basic_auth: basicAuth.optional(),
  bearer_token: secretText.optional(),
  tls: z.strictObject({ ca_file: pathTextField, server_name: addressText }).partial().optional(),
});

const logs = z
  .strictObject({
    agent: z.enum(["alloy", "promtail", "none"]).describe("default alloy; Promtail has ended"),
    docker: z.boolean().describe("logs of all containers; default true"),
    journal: z.boolean().describe("systemd journal; default true"),
    journal_job: line.describe(
      "job_name under which Promtail keeps its place in the journal; default systemd-journal",
    ),
    positions_file: fileNameText.describe("Promtail's file of positions in its data; default positions.yaml"),
    files: z.array(
      z.strictObject({
        name: nameText,
        path: pathTextField.describe("file or pattern: /var/lib/jenkins/jobs/*/builds/*/log"),
        hosts: hostChoice.optional().describe("default: every agent host"),
        labels: labels.optional(),
        multiline_start: line.optional().describe("regular expression of an entry's first line"),
      }),
    ),
  })
  .partial();

const receiver = z.strictObject({
  name: nameText,
  severities: z
    .array(z.enum(["critical", "warning", "info"]))
    .min(1)
    .optional(),
  match: labels.optional().describe("only alerts with these labels"),
  send_resolved: z.boolean().optional(),
  webhook: z.strictObject({ url: line }).optional(),
  slack: z.strictObject({ url: secretText, channel: line.optional() }).optional(),
  teams: z.strictObject({ url: secretText }).optional(),
  pagerduty: z.strictObject({ key: secretText }).optional(),
  email: z
    .strictObject({
      to: line,
      from: line,
      smarthost: line,
      username: line.optional(),
      password: secretText.optional(),
    })
    .optional(),
});

const alerting = z
  .strictObject({
    receivers: z
      .array(receiver)
      .describe("the first one without severities and match gets what no other takes"),
    group_by: z.array(labelName),
    repeat: durationText.describe("default 4h"),
    disabled: z.array(line).describe("alerts of the stack that are left out"),
  })
  .partial();

const discovery = z.union([
  z.enum(["static", "file"]),
  z.strictObject({ http: urlText.describe("base URL; the job's targets are read from <url>/<job>.json") }),
]);

const remoteWrite = z.strictObject({
  url: urlText,
  basic_auth: basicAuth.optional(),
  bearer_token: secretText.optional(),
  headers: z.record(line, line).optional(),
});

const security = z.strictObject({
  tls: z
    .union([
      z.boolean(),
      z.strictObject({
        days: z
          .int()
          .min(2)
          .max(825)
          .optional()
          .describe("validity of a host's certificate; it is renewed when a third is left. Default 90"),
      }),
    ])
    .optional()
    .describe("own authority, and TLS between all components; who asks shows a certificate of it"),
  basic_auth: basicAuth
    .optional()
    .describe(
      "one password for the exporters, Prometheus, Alertmanager and Alloy, instead of certificates of who asks",
    ),
  store: folderText
    .optional()
    .describe(
      "folder of authority and certificates, absolute or from this file's folder (./pki); default: this machine's state",
    ),
});

export const stackFileSchema = z.strictObject({
  schema: z.literal(schemaName).describe("version of this file's form"),
  name: nameText.describe("name of the stack; part of container names and labels"),
  directory: pathTextField
    .optional()
    .describe("folder on the hosts for configuration and data; default /opt/monitoring"),
  defaults: z
    .strictObject({ ssh: ssh.optional(), runtime: z.enum(runtimes).optional(), engine: line.optional() })
    .optional()
    .describe("for every host that does not say otherwise"),
  hosts: z.record(nameText, host).describe("every host of the stack, by name"),
  components: components.optional(),
  scrape: z.array(scrapeJob).optional().describe("further jobs: Jenkins, HAProxy, probes"),
  discovery: discovery
    .optional()
    .describe("how Prometheus learns its targets: in its file (static), from files, or over http"),
  rollout: z
    .strictObject({ canary: nameText.optional().describe("the host that goes first, alone") })
    .optional()
    .describe("in which order hosts are changed"),
  logs: logs.optional(),
  alerting: alerting.optional(),
  remote_write: z.array(remoteWrite).optional(),
  security: security.optional().describe("how the components prove who they are to each other"),
});

export type StackFileInput = z.input<typeof stackFileSchema>;
export type HostInput = StackFileInput["hosts"][string];
export type ComponentInput = z.input<typeof component>;
export type ScrapeInput = z.input<typeof scrapeJob>;

/** For editors: shipped as schema/watchmend.yaml.schema.json. */
export function stackFileJsonSchema(): string {
  const generated = z.toJSONSchema(stackFileSchema, { io: "input" });
  const document = { ...generated, $id: "urn:watchmend:stack:v1", title: "watchmend.yaml" };
  return `${JSON.stringify(document, null, 2)}\n`;
}
