// No secret leaves in a bundle or a report, whatever carries it, and nothing else is touched.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createRedactor, type Redacted } from "../../src/bundle/redact.ts";

function redact(text: string): Redacted {
  const redactor = createRedactor();
  redactor.learn(text);
  return redactor.redact(text, "x.txt");
}

const base64 = (text: string) => Buffer.from(text).toString("base64");

/** Ways in which evidence carries the secret `s`. */
const carriers: Readonly<Record<string, (s: string) => string>> = {
  "YAML key": (s) => `basic_auth:\n  username: prom\n  password: ${s}\n`,
  "quoted YAML key": (s) => `password: "${s}"   # the new one\n`,
  "YAML comment": (s) => `global:\n  # bearer_token: ${s}\n`,
  "YAML list item": (s) => `- password: '${s}'\n`,
  "YAML flow map": (s) => `basic_auth: {username: prom, password: ${s}}\n`,
  "value on the next line": (s) => `password:\n  ${s}\nnext: 1\n`,
  "block scalar": (s) => `password: |-\n    ${s}\nuser: x\n`,
  "Prometheus authorization": (s) => `authorization:\n  type: Bearer\n  credentials: ${s}\n`,
  "Slack in Alertmanager": (s) =>
    `slack_configs:\n  - api_url: https://hooks.slack.com/services/T0/B0/${s}\n`,
  "Alertmanager keys": (s) => `pagerduty_configs:\n  - routing_key: ${s}\n    service_key: ${s}\n`,
  "Alertmanager SMTP": (s) => `smtp_auth_password: ${s}\nsmtp_auth_username: alert@example.org\n`,
  Opsgenie: (s) => `opsgenie_api_key: ${s}\n`,
  Discord: (s) => `webhook_url: https://discord.com/api/webhooks/1234/${s}\n`,
  "remote write header": (s) => `headers:\n  X-Api-Key: ${s}\n  X-Scope-OrgID: tenant1\n`,
  "Loki S3": (s) => `s3:\n  access_key_id: loki\n  secret_access_key: ${s}\n`,
  "Loki S3 URL": (s) => `s3: s3://loki:${s}@minio:9000/loki\n`,
  "Promtail client": (s) => `clients:\n  - url: http://promtail:${s}@loki:3100/loki/api/v1/push\n`,
  Alloy: (s) => `basic_auth {\n  username = "x"\n  password = "${s}"\n}\n`,
  "grafana.ini": (s) => `[security]\nadmin_user = admin\nadmin_password = ${s}\n`,
  "Grafana data source": (s) =>
    `secureJsonData:\n  basicAuthPassword: ${s}\n  httpHeaderValue1: ${s}\njsonData:\n  x: 1\n`,
  "Grafana contact point": (s) => `secureSettings:\n  url: ${s}\n`,
  "Kubernetes Secret": (s) =>
    `apiVersion: v1\ndata:\n  whatever: ${base64(s)}\n  user: ${base64(`u-${s}`)}\nkind: Secret\nmetadata:\n  name: x\n`,
  "Kubernetes Secret in a list": (s) =>
    `apiVersion: v1\nitems:\n- apiVersion: v1\n  data:\n    k: ${base64(s)}\n  kind: Secret\n  metadata:\n    name: x\n- apiVersion: v1\n  data:\n    k: stays-as-it-is\n  kind: ConfigMap\n`,
  stringData: (s) => `kind: Secret\nstringData:\n  any: ${s}\n`,
  "Secret as JSON": (s) => `{\n  "kind": "Secret",\n  "data": {\n    "any": "${base64(s)}"\n  }\n}\n`,
  "Secret as compact JSON": (s) => `{"apiVersion":"v1","data":{"any":"${base64(s)}"},"kind":"Secret"}\n`,
  "last-applied-configuration": (s) =>
    `metadata:\n  annotations:\n    kubectl.kubernetes.io/last-applied-configuration: |\n      {"apiVersion":"v1","data":{"any":"${base64(s)}"},"kind":"Secret","metadata":{}}\n`,
  "last-applied in JSON": (s) =>
    `{"metadata":{"annotations":{"last-applied":${JSON.stringify(JSON.stringify({ kind: "Secret", data: { any: base64(s) } }))}}}}\n`,
  "env list": (s) => `env:\n- name: GF_SECURITY_ADMIN_PASSWORD\n  value: ${s}\n- name: TZ\n  value: UTC\n`,
  "env as JSON": (s) =>
    `{"env":[{"name":"GF_SECURITY_ADMIN_PASSWORD","value":"${s}"},{"name":"TZ","value":"UTC"}]}\n`,
  "docker inspect": (s) =>
    `[\n{\n"Config": {\n"Env": [\n"PATH=/usr/bin",\n"GF_SECURITY_ADMIN_PASSWORD=${s}",\n"TZ=UTC"\n]}}]\n`,
  "compose environment": (s) => `environment:\n  - GF_DATABASE_PASSWORD=${s}\n  - TZ=UTC\n`,
  "compose default": (s) => `environment:\n  DB_PASSWORD: \${DB_PASSWORD:-${s}}\n`,
  "docker run": (s) => `docker run -d -e GF_SECURITY_ADMIN_PASSWORD=${s} -p 3000:3000 grafana/grafana\n`,
  "kubectl describe": (s) =>
    `    Environment:\n      GF_SECURITY_ADMIN_PASSWORD:  ${s}\n      TZ:                          UTC\n`,
  systemd: (s) => `Environment="GF_SECURITY_ADMIN_PASSWORD=${s}" TZ=UTC\n`,
  "curl header": (s) => `curl -H 'Authorization: Bearer ${s}' http://loki:3100/ready\n`,
  "curl user": (s) => `curl -s -u admin:${s} http://grafana:3000/api/health\n`,
  "curl body": (s) => `curl -d '{"user":"x","password":"${s}"}' http://x\n`,
  flag: (s) => `promtool query --password ${s} http://x\n/bin/x --web.token=${s} --log.level=debug\n`,
  URL: (s) => `http://admin:${s}@grafana:3000/api/x failed\n`,
  "query string": (s) => `GET /hook?room=1&access_token=${s}&x=1 200\n`,
  logfmt: (s) => `level=error msg="login failed" user=x password=${s} status=401\n`,
  "log of a header": (s) => `level=debug msg="request" headers="map[Authorization:[Bearer ${s}]]"\n`,
  "escaped JSON": (s) => `msg="{\\"user\\":\\"x\\",\\"password\\":\\"${s}\\"}" level=info\n`,
  "docker login": (s) => `docker login -u me -p ${s} registry.example.org\n`,
  "from-literal": (s) => `kubectl create secret generic x --from-literal=any=${s}\n`,
  "docker config": (s) => `{\n"auths": {\n"r.example.org": {\n"auth": "${base64(`me:${s}`)}"\n}}}\n`,
  "grep -n": (s) => `prometheus.yml:12:      password: ${s}\n`,
  diff: (s) => `-  password: ${s}\n+  password: ${s}x9\n`,
  netrc: (s) => `machine loki login me password ${s}\n`,
  "MySQL DSN": (s) => `dsn: grafana:${s}@tcp(db:3306)/grafana\n`,
  "Grafana CLI": (s) => `grafana cli admin reset-admin-password ${s}\n`,
  "helm --set": (s) => `helm install grafana --set grafana.adminPassword=${s} --set x=1\n`,
  ansible: (s) => `ansible_become_pass=${s} ansible_user=ops\n`,
};

/** Strong ones, plain words that nobody else uses, short ones, and ones with signs that are legal in a URL. */
const secretText = fc.oneof(
  fc
    .tuple(fc.stringMatching(/^[A-Za-z][A-Za-z0-9_]{7,30}$/), fc.integer({ min: 10, max: 99 }))
    .map(([text, number]) => `${text}${number}Zq`),
  fc.stringMatching(/^[qzxk]{8,14}$/),
  fc.stringMatching(/^[qzxk][QZXK][0-9]{2,3}$/),
  fc.stringMatching(/^[A-Z][a-z]{3,8}[0-9]{2}[!*.~][qzxk0-9]{2,6}$/),
);

describe("carriers", () => {
  it.each(Object.entries(carriers))("%s", (_, carry) => {
    const text = carry("Xk93vLmQ2pRt");
    const { text: out, removed } = redact(text);
    expect(out).not.toContain("Xk93vLmQ2pRt");
    expect(out).not.toContain(base64("Xk93vLmQ2pRt"));
    expect(out.split("\n")).toHaveLength(text.split("\n").length);
    expect(removed.length).toBeGreaterThan(0);
    for (const { line, token } of removed) expect(out.split("\n")[line - 1]).toContain(token);
    expect(out).toMatchSnapshot();
  });

  it("leaks none of forty secrets planted over all carriers", () => {
    const names = Object.keys(carriers);
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.constantFrom(...names), secretText), { minLength: 40, maxLength: 40 }),
        (planted) => {
          const texts = planted.map(([name, secret]) => carriers[name]?.(secret) ?? "");
          const redactor = createRedactor();
          for (const text of texts) redactor.learn(text);
          const all = texts.map((text, i) => redactor.redact(text, `${i}.txt`).text).join("\n");
          for (const [name, secret] of planted)
            expect({ name, leaks: all.includes(secret) }).toEqual({ name, leaks: false });
        },
      ),
      { numRuns: 60 },
    );
  });
});

describe("forms", () => {
  const jwt = `${base64('{"alg":"HS256","typ":"JWT"}').replaceAll("=", "")}.${base64('{"sub":"1234567890"}').replaceAll("=", "")}.abcDEF_123-xyz`;
  it.each([
    ["JWT", jwt],
    ["Grafana service account", `glsa_${"aB3".repeat(10)}xy_1a2b3c4d`],
    ["Grafana Cloud", `glc_${base64('{"o":"1","n":"x","k":"abcdefghij"}')}`],
    ["GitHub", `ghp_${"aB3d".repeat(9)}`],
    ["GitHub fine-grained", `github_pat_11${"aB3d".repeat(9)}`],
    ["GitLab", `glpat-${"aB3d".repeat(5)}`],
    ["Slack bot", `xoxb-${"1234567890-".repeat(2)}abcDEFghi`],
    ["AWS", "AKIAABCDEFGHIJKLMNOP"],
    ["Google", `AIza${"aB3d_".repeat(7)}`],
    ["bcrypt", `$2y$10$${"aB3d./".repeat(8)}abcde`],
    ["crypt", "$6$saltsalt$abcdefghijklmnopqrstuvwxyz0123456789"],
    ["k3s", `K10${"0a1b".repeat(16)}::server:0123456789abcdef`],
    ["Vault", `hvs.${"aB3d".repeat(8)}`],
    ["Telegram", `123456789:AA${"aB3d_".repeat(6)}xyz`],
  ])("%s", (_, secret) => {
    expect(redact(`level=info msg="got ${secret} from x"`).text).toBe(
      'level=info msg="got (redacted:1) from x"',
    );
  });

  it("join tokens go, the hash of the CA stays", () => {
    const line =
      "kubeadm join 10.0.0.1:6443 --token abcdef.0123456789abcdef --discovery-token-ca-cert-hash sha256:0a1b2c";
    expect(redact(line).text).toBe(
      "kubeadm join 10.0.0.1:6443 --token (redacted:1) --discovery-token-ca-cert-hash sha256:0a1b2c",
    );
  });

  it("private keys keep their lines, share one token and are known on one line as well", () => {
    const body = [
      base64("first line of a private key that is long"),
      base64("second line of it, as long as that one"),
    ];
    const text = [
      "key: |",
      "  -----BEGIN RSA PRIVATE KEY-----",
      ...body.map((line) => `  ${line}`),
      "  -----END RSA PRIVATE KEY-----",
      `x: "${body[0]}"`,
    ].join("\n");
    expect(redact(text).text).toBe(
      'key: |\n  -----BEGIN RSA PRIVATE KEY-----\n  (redacted:1)\n  (redacted:1)\n  -----END RSA PRIVATE KEY-----\nx: "(redacted:1)"',
    );
    const oneLine = `"tls.key": "-----BEGIN PRIVATE KEY-----\\n${body[0]}\\n-----END PRIVATE KEY-----\\n"`;
    expect(redact(oneLine).text).not.toContain(body[0]);
    const certificate = "-----BEGIN CERTIFICATE-----\nMIIC\n-----END CERTIFICATE-----";
    expect(redact(certificate).text).toBe(certificate);
  });
});

describe("one evidence set", () => {
  it("knows a secret everywhere once it is known anywhere, in every spelling", () => {
    const redactor = createRedactor();
    const config = "password: 'p@ss/W0rd'\n";
    const log = `dial failed for p@ss/W0rd and p%40ss%2FW0rd and ${base64("p@ss/W0rd")}, not xp@ss/W0rdx`;
    redactor.learn(log);
    redactor.learn(config);
    expect(redactor.redact(log, "a.log").text).toBe(
      "dial failed for (redacted:1) and (redacted:1) and (redacted:1), not xp@ss/W0rdx",
    );
    expect(redactor.redact(config, "a.yml").removed).toEqual([
      { source: "a.yml", line: 1, kind: "password", token: "(redacted:1)" },
    ]);
  });

  it("gives equal secrets equal tokens and the same evidence the same bytes", () => {
    const text = "a_password: Abc12345\nb_password: Xyz98765\nc_password: Abc12345\n";
    expect(redact(text).text).toBe(
      "a_password: (redacted:1)\nb_password: (redacted:2)\nc_password: (redacted:1)\n",
    );
    expect(redact(text)).toEqual(redact(text));
  });

  it("reads the text behind a Secret's base64", () => {
    const config = base64("global:\n  smtp_auth_password: Mail4711xyz\n");
    const redactor = createRedactor();
    redactor.learn(`kind: Secret\ndata:\n  alertmanager.yaml: ${config}\n`);
    expect(redactor.redact("running with Mail4711xyz", "x").text).toBe("running with (redacted:2)");
  });

  it("removes common words only where they are passwords", () => {
    const text = "POSTGRES_PASSWORD=prometheus\nimage: prom/prometheus\nadmin_password: admin\nuser: admin\n";
    expect(redact(text).text).toBe(
      "POSTGRES_PASSWORD=(redacted:1)\nimage: prom/prometheus\nadmin_password: (redacted:2)\nuser: admin\n",
    );
  });

  it("leaves what it has redacted before as it is and numbers on", () => {
    const once = redact("password: Abc12345\n").text;
    expect(redact(once).text).toBe(once);
    expect(redact(`${once}token: Xyz98765abc\n`).text).toBe(`${once}token: (redacted:2)\n`);
  });
});

// biome-ignore-start lint/suspicious/noTemplateCurlyInString: these are other languages' variables
describe("what is no secret stays", () => {
  const harmless = [
    "password: ${GRAFANA_PASSWORD}",
    "password: $GRAFANA_PASSWORD",
    "bearer_token: <secret>",
    "password: *****",
    "password: null",
    "password: ''",
    'password: "{{ vault_grafana_password }}"',
    "password: $__file{/etc/secrets/admin}",
    "admin_password = $__env{ADMIN}",
    'password = sys.env("PASSWORD")',
    "password = local.file.secret.content",
    "password_file: /etc/prometheus/password",
    "bearer_token_file: /var/run/secrets/kubernetes.io/serviceaccount/token",
    "credentials_file: /run/secrets/x",
    "GF_SECURITY_ADMIN_PASSWORD__FILE=/run/secrets/admin",
    "      GF_SECURITY_ADMIN_PASSWORD:  <set to the key 'admin-password' in secret 'grafana'>  Optional: false",
    "secretName: grafana-tls",
    "existingSecret: grafana-admin",
    "imagePullSecrets: []",
    "passwordKey: admin-password",
    "userKey: admin-user",
    "automountServiceAccountToken: true",
    "    TokenExpirationSeconds:  3607",
    "num_tokens: 128",
    "tokens: 512",
    'msg="instance not found in ring, adding with no tokens" ring=ingester',
    "error parsing token: unexpected end of input",
    "token: unexpected end of input near line three",
    'Warning  FailedMount  MountVolume.SetUp failed for volume "x" : secret "grafana-admin" not found',
    "      /var/run/secrets/kubernetes.io/serviceaccount from kube-api-access-blgfd (ro)",
    "lookup loki.monitoring.svc.cluster.local on 10.96.0.10:53: no such host",
    "image: grafana/grafana@sha256:0a1b2c3d4e5f60718293a4b5c6d7e8f90a1b2c3d4e5f60718293a4b5c6d7e8f9",
    'url: http://prometheus:9090/api/v1/query?query=up{job="x"}&time=1700000000',
    "http://loki:3100/loki/api/v1/push",
    "docker run -u 65534:65534 prom/prometheus http://x",
    "me@mon:~$ docker exec -u root grafana ls",
    "authorization-mode=Node,RBAC",
    "  - --authentication-token-webhook=true",
    "key: value",
    "cache_key: abcdef0123456789",
    "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIGb0q1 me@mon",
    '2024-01-01T10:00:00Z level=info caller=main.go:1 msg="Bearer authentication enabled"',
    "PASS: 12 tests",
    "kind: ConfigMap\ndata:\n  a: b",
    "type: kubernetes.io/service-account-token",
    "Data\n====\npassword:  12 bytes",
    "0 0 * * * root /usr/bin/backup",
    "container_id=0a1b2c3d4e5f token_bucket=5",
    'sum(rate(http_requests_total{handler="/api/token"}[5m]))',
  ];
  it.each(harmless)("%s", (text) => expect(redact(text).text).toBe(text));

  it("any text without secrets", () => {
    const word = fc.stringMatching(/^[a-z]{1,10}$/);
    const line = fc.oneof(
      fc.tuple(word, word).map(([a, b]) => `${a}: ${b}`),
      fc.array(word, { maxLength: 8 }).map((words) => words.join(" ")),
      fc.tuple(word, fc.integer()).map(([a, b]) => `level=info ${a}=${b} msg="${a} done"`),
      fc.constantFrom(...harmless),
    );
    const secretWord = /pass|pwd|secret|token|key|auth|cred|cookie|community|bearer|psk|hook|connection/;
    fc.assert(
      fc.property(fc.array(line, { maxLength: 30 }), (lines) => {
        fc.pre(lines.every((text) => harmless.includes(text) || !secretWord.test(text)));
        const text = lines.join("\n\n");
        expect(redact(text).text).toBe(text);
      }),
    );
  });
});

// biome-ignore-end lint/suspicious/noTemplateCurlyInString: see above
describe("for every text", () => {
  it("keeps the lines and never throws", () => {
    const piece = fc.oneof(
      fc.constantFrom(...Object.values(carriers).map((carry) => carry("a'\"\\{b}"))),
      fc.string({ unit: "binary" }),
      fc.json(),
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 12 }), (pieces) => {
        const text = pieces.join("\n");
        expect(redact(text).text.split("\n")).toHaveLength(text.split("\n").length);
      }),
    );
  });

  it.each([
    ["names", "password".repeat(300_000)],
    ["open quotes", 'password="'.repeat(200_000)],
    ["escapes", `password="${"\\".repeat(1_000_000)}`],
    ["JWT starts", "eyJ".repeat(600_000)],
    ["JWT starts with dashes", "eyJaaaaaaaa-".repeat(150_000)],
    ["URLs", "://a:b".repeat(300_000)],
    ["queries", "?token=".repeat(200_000)],
    ["braces", "{".repeat(1_000_000)],
    ["open objects", '{"a":'.repeat(200_000)],
    ["lines of open objects", '{"a":\n'.repeat(100_000)],
    ["Secrets", "kind: Secret\ndata:\n  a: b\n".repeat(30_000)],
    [
      "nested Secrets",
      Array.from({ length: 3_000 }, (_, i) => `${" ".repeat(i % 50)}kind: Secret`).join("\n"),
    ],
    ["keys", "-----BEGIN PRIVATE KEY-----\n".repeat(50_000)],
    ["open blocks", "password: |\n".repeat(100_000)],
    ["deep blocks", `${"password: |\n"}${" x\n".repeat(100_000)}`.repeat(2)],
    ["secrets", Array.from({ length: 20_000 }, (_, i) => `password: Secret${i}x`).join("\n")],
    ["logins", "docker login ".repeat(100_000)],
    ["one line", "level=info msg=x ".repeat(500_000)],
  ])("is done in time with many %s", (_, text) => {
    const started = performance.now();
    redact(text);
    expect(performance.now() - started).toBeLessThan(12_000);
  });
});
