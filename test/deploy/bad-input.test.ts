// A model that cannot be right is refused by every verb that would act on it: file, line and remedy are told, and nothing is touched.
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { buildProgram } from "../../src/cli/program.ts";
import { UserError } from "../../src/model/errors.ts";

const head = "schema: watchmend.stack/v1\nname: demo\n";
const server = "hosts:\n  mon:\n    address: 127.0.0.1\n    roles: [server, agent]\n";

/** What is wrong, the model, the line it stands on, and what is to be written instead. */
const bad: readonly (readonly [string, string, number, RegExp])[] = [
  ["an unknown key", `${head}${server}    adress: 10.0.0.2\n`, 7, /did you mean address\?.*write: address/s],
  [
    "a host twice",
    `${head}${server}  mon:\n    address: 10.0.0.9\n`,
    7,
    /"mon" stands twice.*(?:write|why): /s,
  ],
  [
    "a canary that is no host",
    `${head}${server}rollout:\n  canary: mom\n`,
    8,
    /rollout\.canary: mom is no host of this stack.*write: one of mon/s,
  ],
  [
    "one address for two hosts",
    `${head}${server}  two:\n    address: 127.0.0.1\n`,
    8,
    /is the address of mon too.*write: one entry per machine/s,
  ],
  [
    "one port for two components",
    `${head}${server}components:\n  cadvisor:\n    port: 9100\n`,
    9,
    /port 9100 of mon is wanted by node-exporter and by cadvisor.*write: port: 9101/s,
  ],
  [
    "two servers for one role",
    `${head}hosts:\n  mon:\n    address: 10.0.0.1\n    roles: [server]\n  two:\n    address: 10.0.0.2\n    roles: [server]\n`,
    9,
    /components\.prometheus: would run on 2 servers: mon, two.*write: components:\n\s+prometheus:\n\s+host: mon/s,
  ],
  [
    "an address that is not one",
    `${head}${server}  two:\n    address: 10.0.0.300\n`,
    8,
    /"10\.0\.0\.300" is not an address.*write: 10\.0\.0\.11/s,
  ],
  [
    "a secret in clear text",
    `${head}${server}components:\n  grafana:\n    admin_password: hunter2\n`,
    9,
    /a secret in clear text.*write: \$\{env:NAME\}/s,
  ],
  [
    "a secret among arguments",
    `${head}${server}components:\n  alloy:\n    args: [--token=hunter2]\n`,
    9,
    /a secret in clear text/,
  ],
];

const verbs: readonly (readonly string[])[] = [
  ["render", "-o", "out"],
  ["preflight"],
  ["plan", "-o", "plan.json"],
  ["apply", "--yes"],
  ["drift"],
  ["destroy", "--yes"],
  ["destroy", "--yes", "--data", "--confirm", "demo"],
  ["validate"],
];

/** The first one loads every verb. */
const patience = 120_000;

describe("a model that cannot be right", () => {
  const folder = mkdtempSync(join(tmpdir(), "watchmend-bad-input-"));
  const model = join(folder, "work", "watchmend.yaml");
  const before = { ...process.env };

  beforeAll(() => {
    // Whoever is called leaves a trace.
    const programs = join(folder, "bin");
    mkdirSync(programs);
    mkdirSync(join(folder, "work"));
    for (const name of ["ssh", "docker", "podman", "kubectl", "openssl"]) {
      writeFileSync(join(programs, name), `#!/bin/sh\ntouch ${folder}/called-${name}\nexit 1\n`);
      chmodSync(join(programs, name), 0o755);
    }
    process.env.PATH = `${programs}:${before.PATH}`;
    process.env.XDG_STATE_HOME = join(folder, "state");
    process.env.XDG_RUNTIME_DIR = join(folder, "runtime");
  });

  afterAll(() => {
    process.env = before;
    rmSync(folder, { recursive: true, force: true });
  });

  test.each(bad)(
    "%s",
    async (_what, text, line, remedy) => {
      writeFileSync(model, text);
      for (const [verb = "", ...words] of verbs) {
        const options = words.map((word) =>
          /^(?:out|plan\.json)$/.test(word) ? join(folder, "work", word) : word,
        );
        const run = buildProgram().parseAsync([verb, "-f", model, ...options], { from: "user" });
        const error: unknown = await run.then(
          () => undefined,
          (thrown: unknown) => thrown,
        );
        expect(error, verb).toBeInstanceOf(UserError);
        if (!(error instanceof UserError)) continue;
        expect(error.code, verb).toBe("bad-config");
        expect(error.message, verb).toContain(`${model}:${line}: `);
        expect(`${error.message}\n${error.hint}`, verb).toMatch(remedy);
        expect(`${error.message}\n${error.hint}`, verb).not.toContain("hunter2");
        expect(readdirSync(join(folder, "work")), verb).toEqual(["watchmend.yaml"]);
        expect(readdirSync(folder).sort(), verb).toEqual(["bin", "work"]);
        expect(existsSync(join(folder, "state")), verb).toBe(false);
      }
    },
    patience,
  );
});
