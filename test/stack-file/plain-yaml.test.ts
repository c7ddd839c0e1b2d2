// The quick reader gives what the library gives, or leaves the text to it.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { parseDocument } from "yaml";
import { readPlainYaml } from "../../src/stack-file/plain-yaml.ts";
import "../fast-check.ts";

const byLibrary = (text: string): { readonly value: unknown } | undefined => {
  const document = parseDocument(text, { version: "1.2", prettyErrors: false, merge: true });
  if (document.errors.length > 0) return undefined;
  try {
    return { value: document.toJS({ maxAliasCount: 1000 }) };
  } catch {
    return undefined;
  }
};

/** Never another value, and never one for what the library refuses. */
const agrees = (text: string): void => {
  const plain = readPlainYaml(text);
  if (plain) expect(byLibrary(text), text).toEqual({ value: plain.value });
};

const example = readFileSync(join(import.meta.dirname, "../../examples/cross-vm/watchmend.yaml"), "utf8");

describe("what is plain", () => {
  test("a model as people write it is read without the library", () => {
    const text = `# a stack
schema: watchmend.stack/v1
name: team-a   # where it runs
hosts:
  mon: {address: 10.0.0.10, roles: [server, agent], labels: {role: "monitoring-vm"}}
  build:
    address: build.example.org
    ssh: {user: ops, port: 2222}
scrape:
- job: databases
  targets:
    - 10.9.0.1:9187
    - db.example.org:9187
- job: empty
components:
  prometheus: {version: 3.5.1, retention: 30d, resources: {cpus: 0.5, memory: 512m}}
  cadvisor: {enabled: false}
  node-exporter:
    args: [--no-collector.systemd, '--web.listen-address=:9100']
`;
    const plain = readPlainYaml(text);
    expect({ value: plain?.value }).toEqual(byLibrary(text));
    expect(plain?.lineOf([])).toBe(2);
    expect(plain?.lineOf(["hosts", "build", "ssh", "port"])).toBe(8);
    expect(plain?.lineOf(["hosts", "nobody"])).toBe(4);
    expect(plain?.lineOf(["scrape", 0, "targets", 1])).toBe(13);
    expect(plain?.lineOf(["scrape", 1, "job"])).toBe(14);
  });

  test("the example reads alike", () => agrees(example));
});

describe("what is not", () => {
  test.each([
    "",
    "a: &x 1\nb: *x\n",
    "a: !!str 1\n",
    "a: |\n  text\n",
    "a: 'it''s'\n",
    'a: "b\\n"\n',
    "a: b\n  c\n",
    "a:\n  b\n",
    "a: 1\na: 2\n",
    "a: {b: 1, b: 2}\n",
    "a: [1,\n  2]\n",
    "a: yes\nb: 0644\nc: 1e3\nd: 0x1f\ne: .inf\nf: ~\n",
    "a: 2024-01-01\n",
    "- - a\n",
    "---\na: 1\n",
    "a:\n\t- b\n",
    "a: b: c\n",
    "a: [b\n",
    "<<: {a: 1}\n",
    "a:\n    b: 1\n  c: 2\n",
    "a: ü\n",
    "true: 1\n",
  ])("%j is left to the library", (text) => {
    expect(readPlainYaml(text)).toBeUndefined();
  });

  test("the library agrees with every text of YAML's own signs", () => {
    const piece = fc.constantFrom(
      ...["a", "b: ", "c:", "- ", "-", " ", "  ", "    ", "\n", "\n  ", "\n- ", "\n  - ", "{", "}", "[", "]"],
      ...[", ", ",", ": ", ":", "#", " # ", '"', "'", "1", "0", "1.5", "1.2.3", "15s", "0x1", "1e5", "true"],
      ...["null", "~", "/", "${", "--x", ".", "&", "*", "!", "|", ">", "%", "@", "?", "\\", "=", "key: v\n"],
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 14 }), (pieces) => agrees(pieces.join(""))),
      { numRuns: 5000 },
    );
  });

  test("the library agrees with every line of the example changed by one sign", () => {
    const lines = example.split("\n");
    fc.assert(
      fc.property(
        fc.nat(example.length),
        fc.constantFrom(..." \n\t#:-{}[],\"'&*!|>?%@0e"),
        fc.boolean(),
        (at, sign, isInserted) => {
          const text = example.slice(0, at) + sign + example.slice(isInserted ? at : at + 1);
          agrees(text);
          agrees(`${lines.slice(0, at % lines.length).join("\n")}${sign}`);
        },
      ),
      { numRuns: 300 },
    );
  });
});
