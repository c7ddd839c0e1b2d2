// Alloy, INI and TOML files: values, lines, mistakes, and hostile input.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { readAlloy } from "../../../src/collectors/config/alloy/reader.ts";
import { DocumentFault } from "../../../src/collectors/config/document-fault.ts";
import { readToml } from "../../../src/collectors/config/toml-reader.ts";
import { kindsOf, readFacts } from "./read-facts.ts";

const alloy = `// agents
logging {
  level = "info"
}
loki.source.file "logs" {
  targets    = [
    {__path__ = "/var/log/*.log", job = "sys"},
  ]
  forward_to = [loki.process.p.receiver]
}
loki.process "p" {
  stage.json { expressions = {lvl = "level"} }
  stage.labels {
    values = {
      lvl = "",
    }
  }
  forward_to = [loki.write.w.receiver]
}
loki.write "w" {
  endpoint {
    url = "http://" + sys.env("LOKI") + ":3100/loki/api/v1/push"
  }
  endpoint { url = "http://b:3100/loki/api/v1/push" }
  external_labels = {host = constants.hostname, text = \`raw
line\`}
}
`;

describe("Alloy", () => {
  it("reads blocks, labels, lists, expressions and lines", () => {
    const [doc] = readFacts(alloy).facts["config.documents"];
    expect(doc).toMatchObject({
      kind: "alloy",
      value: {
        logging: { level: "info" },
        "loki.source.file": {
          logs: {
            targets: [{ __path__: "/var/log/*.log", job: "sys" }],
            forward_to: [{ $expr: "loki.process.p.receiver" }],
          },
        },
        "loki.process": {
          p: { "stage.json": [{ expressions: { lvl: "level" } }], "stage.labels": [{ values: { lvl: "" } }] },
        },
        "loki.write": {
          w: {
            endpoint: [
              { url: { $expr: '"http://" + sys.env("LOKI") + ":3100/loki/api/v1/push"' } },
              { url: "http://b:3100/loki/api/v1/push" },
            ],
            external_labels: { host: { $expr: "constants.hostname" }, text: "raw\nline" },
          },
        },
      },
    });
    expect(doc?.lines["/loki.source.file/logs/targets/0/__path__"]).toBe(7);
    expect(doc?.lines["/loki.write/w/endpoint/1/url"]).toBe(24);
    expect(doc?.parseError).toBeUndefined();
  });

  it.each([
    ['loki.write "w" {\n  endpoint {\n    url = "x"\n  }\n', "expected }, got end of file", 1],
    ['loki.write "w" {\n  url "x"\n}\n', "expected {, got }", 3],
    ['loki.write "w" {\n  a = [1 2]\n}\n', "expected ], got 2", 2],
    ['loki.write "w" {\n  a = "x\n}\n', "string literal not terminated", 2],
  ])("%j", (text, message, line) => {
    const [doc] = readFacts(text).facts["config.documents"];
    expect(doc).toMatchObject({ kind: "alloy", parseError: { message, at: { line } } });
  });

  it("never throws on mutated text", () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.nat(alloy.length), fc.constantFrom(...'{}[]()"`=,.\n x1/*-+'))),
        (edits) => {
          let text = alloy;
          for (const [at, char] of edits) text = text.slice(0, at) + char + text.slice(at + (at % 2));
          readAlloy(text);
        },
      ),
      { numRuns: 1500 },
    );
    expect(() => readAlloy("a {".repeat(5_000))).toThrow(DocumentFault);
  });
});

describe("INI", () => {
  it("reads grafana.ini", () => {
    const [doc] = readFacts(
      '[server]\nroot_url = https://x/ ; why\n;http_port = 1\n[auth.generic_oauth]\nenabled = true\nname = "My; OAuth"\n',
    ).facts["config.documents"];
    expect(doc).toMatchObject({
      kind: "grafana-ini",
      value: {
        server: { root_url: "https://x/" },
        "auth.generic_oauth": { enabled: "true", name: "My; OAuth" },
      },
    });
    expect(doc?.lines["/auth.generic_oauth/enabled"]).toBe(5);
    expect(kindsOf("[dataproxy]\ntimeout = 300\n")).toEqual(["grafana-ini"]);
  });

  it("leaves units and other INI files alone", () => {
    expect(kindsOf("[Unit]\nDescription=x\n[Service]\nExecStart=/bin/x\n")).toEqual([]);
    expect(kindsOf("[mysqld]\nport = 3306\n")).toEqual([]);
  });

  it("reads Ansible inventories", () => {
    const text =
      "[web]\na ansible_host=10.0.0.1 x='y z'\nb[1:2]\n[all:vars]\nansible_user=me\n[site:children]\nweb\n";
    const { facts } = readFacts(text);
    expect(facts["ansible.hosts"]).toMatchObject([
      {
        name: "a",
        groups: ["web", "site"],
        vars: { ansible_host: "10.0.0.1", x: "y z", ansible_user: "me" },
        at: { line: 2 },
      },
      { name: "b1" },
      { name: "b2", at: { line: 3 } },
    ]);
  });
});

describe("TOML", () => {
  const toml = `version = 2
[plugins]
  [plugins."io.containerd.grpc.v1.cri"]
    sandbox_image = 'pause:3.9'
    [plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc.options]
      SystemdCgroup = true
list = [
  1, # one
  {a = "b", c.d = 2}
]
[[x]]
n = 1
[[x]]
n = 2
`;
  it("reads containerd's configuration with lines", () => {
    const [doc] = readFacts(toml).facts["config.documents"];
    expect(doc).toMatchObject({
      kind: "containerd",
      value: {
        version: 2,
        plugins: {
          "io.containerd.grpc.v1.cri": {
            sandbox_image: "pause:3.9",
            containerd: {
              runtimes: { runc: { options: { SystemdCgroup: true, list: [1, { a: "b", c: { d: 2 } }] } } },
            },
          },
        },
        x: [{ n: 1 }, { n: 2 }],
      },
    });
    expect(
      doc?.lines["/plugins/io.containerd.grpc.v1.cri/containerd/runtimes/runc/options/SystemdCgroup"],
    ).toBe(6);
    expect(doc?.lines["/x/1/n"]).toBe(14);
  });

  it("reports the line of a mistake, and never throws anything else", () => {
    const [doc] = readFacts('version = 2\n[plugins."io.containerd.x"]\n  a = \n').facts["config.documents"];
    expect(doc?.parseError).toMatchObject({ at: { line: 3 } });
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.nat(toml.length), fc.constantFrom(..."[]{}\"'=,.\n #1-_"))),
        (edits) => {
          let text = toml;
          for (const [at, char] of edits) text = text.slice(0, at) + char + text.slice(at + (at % 2));
          try {
            readToml(text);
          } catch (error) {
            expect(error).toBeInstanceOf(DocumentFault);
          }
        },
      ),
      { numRuns: 1000 },
    );
  });
});
