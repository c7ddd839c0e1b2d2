// Completion works in real shells, and says what the program says; the manual page is current and renders.
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { manPage, manPagePath } from "../../scripts/man-page.ts";
import { shells } from "../../src/cli/commands/completion.ts";
import { completionOf } from "../../src/cli/completion.ts";
import { buildProgram } from "../../src/cli/program.ts";
import { rules } from "../../src/rules/registry.ts";

const folder = mkdtempSync(join(tmpdir(), "watchmend-completion-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const has = (program: string): boolean => spawnSync(program, ["--version"]).error === undefined;
const program = buildProgram();
const script = (shell: (typeof shells)[number]): string => {
  const file = join(folder, `complete.${shell}`);
  writeFileSync(file, completionOf(shell, program));
  return file;
};

/** What bash offers for a command line whose last word is being typed. */
function offered(...words: readonly string[]): string[] {
  const code = `source "$0"; COMP_WORDS=(watchmend "$@"); COMP_CWORD=$#; _watchmend 2>/dev/null; printf '%s\\n' "\${COMPREPLY[@]}"`;
  const run = spawnSync("bash", ["-c", code, script("bash"), ...words], { encoding: "utf8" });
  expect(run.stderr).toBe("");
  return run.stdout.split("\n").filter((line) => line !== "");
}

describe("bash", () => {
  test("offers every verb, and no other", () => {
    const verbs = program.commands.map((command) => command.name());
    expect(offered("").sort()).toEqual([...verbs, "help"].sort());
    expect(offered("dia")).toEqual(["diagnose"]);
  });

  test("offers every option of every verb", () => {
    for (const command of program.commands) {
      const wanted = command.createHelp().visibleOptions(command);
      expect(offered(command.name(), "--"), command.name()).toEqual(
        expect.arrayContaining(wanted.map((option) => option.long)),
      );
    }
    expect(offered("lint", "--fi")).toEqual(["--fix"]);
    expect(offered("-")).toContain("--version");
  });

  test("offers the choices of an option, also behind a sign", () => {
    const choices = ["terminal", "json", "markdown", "html", "sarif", "junit"];
    expect(offered("diagnose", "--format", "")).toEqual(choices);
    expect(offered("diagnose", "--format", "=", "js")).toEqual(["json"]);
    expect(offered("diagnose", "--from", "x", "--format", "h")).toEqual(["html"]);
  });

  test("offers rule ids to explain, shells to completion, and paths where paths are wanted", () => {
    const ids = rules.map((rule) => rule.id);
    expect(offered("explain", "")).toEqual(expect.arrayContaining(ids));
    expect(offered("explain", "prometheus/")).toEqual(
      ids.filter((id) => id.startsWith("prometheus/")).sort(),
    );
    expect(offered("explain", "--no-color", "loki/ring")).toEqual(
      ids.filter((id) => id.startsWith("loki/ring")).sort(),
    );
    expect(offered("completion", "")).toEqual([...shells]);
    // Nothing of its own: bash goes on with paths.
    expect(offered("lint", "")).toEqual([]);
    expect(offered("diagnose", "--from", "")).toEqual([]);
    expect(offered("explain", "loki/x", "")).toEqual([]);
  });
});

describe("other shells read their script without complaint", () => {
  test.skipIf(!has("zsh"))("zsh", () => {
    const run = spawnSync(
      "zsh",
      ["-f", "-c", `autoload -U compinit; compinit -u -D; source ${script("zsh")}; print $_comps[watchmend]`],
      { encoding: "utf8" },
    );
    expect(run.stderr).toBe("");
    expect(run.stdout.trim()).toBe("_watchmend");
  });

  test.skipIf(!has("fish"))("fish", () => {
    const ask = (line: string): string[] => {
      const run = spawnSync(
        "fish",
        ["--no-config", "-c", `source ${script("fish")}; complete -C '${line}'`],
        {
          encoding: "utf8",
          env: { ...process.env, HOME: folder },
        },
      );
      expect(run.stderr).toBe("");
      return run.stdout.split("\n").map((text) => text.split("\t")[0] ?? "");
    };
    expect(ask("watchmend dia")).toContain("diagnose");
    expect(ask("watchmend lint --fi")).toContain("--fix");
    expect(ask("watchmend diagnose --format ")).toContain("sarif");
    expect(ask("watchmend explain grafana/")).toContain(
      rules.find((rule) => rule.id.startsWith("grafana/"))?.id,
    );
  });

  test("what looks like shell code in a description stays a description", () => {
    for (const shell of shells) expect(completionOf(shell, program)).not.toMatch(/[^\\]`[^`\n]*\$\(/);
  });
});

describe("the manual page", () => {
  test("is current (npm run docs)", () => {
    expect(readFileSync(join(import.meta.dirname, "../..", manPagePath), "utf8")).toBe(manPage());
  });

  test("names every verb and option", () => {
    const page = manPage().replaceAll("\\-", "-");
    for (const command of program.commands) {
      expect(page).toContain(`.SS watchmend ${command.name()}`);
      for (const option of command.createHelp().visibleOptions(command)) expect(page).toContain(option.flags);
    }
  });

  test.skipIf(!has("groff"))("renders without a warning", () => {
    const run = spawnSync("groff", ["-man", "-Tutf8", "-ww"], { input: manPage(), encoding: "utf8" });
    expect(run.status).toBe(0);
    expect(run.stderr).toBe("");
    expect(run.stdout.replaceAll(/.\u0008/g, "")).toContain("EXIT STATUS");
  });
});
