// The questions of a repair on a real pseudo-terminal: what is typed decides, and the end of the input is no yes.
import { spawn } from "node:child_process";
import { join } from "node:path";
import { expect, test } from "vitest";

const child = join(import.meta.dirname, "terminal-child.ts");

/** Types each answer when the prompt for it is there; util-linux's `script` makes the terminal. */
function typed(answers: readonly string[]): Promise<string> {
  return new Promise((resolve, reject) => {
    const command = `'${process.execPath}' --import tsx '${child}'`;
    const terminal = spawn("script", ["-qec", command, "/dev/null"], { stdio: ["pipe", "pipe", "inherit"] });
    let out = "";
    let asked = 0;
    terminal.stdout.on("data", (chunk: Buffer) => {
      out += chunk.toString("utf8");
      const prompts = out.split("[q]uit: ").length - 1;
      if (prompts <= asked) return;
      asked = prompts;
      terminal.stdin.write(answers[asked - 1] ?? "");
    });
    terminal.on("error", reject);
    terminal.on("close", () => resolve(out.replaceAll("\r", "")));
  });
}

const enter = (word: string): string => `${word}\r`;
const endOfInput = "\x04";

test.each([
  ["yes, no, yes", ["y", "n", "YES"].map(enter), "[0,2]"],
  ["all the rest", ["n", "a"].map(enter), "[1,2]"],
  ["quit takes nothing", ["y", "q"].map(enter), "[]"],
  ["no to all of them", ["n", "n", "no"].map(enter), "[]"],
  ["an empty line and a wrong word are asked again", ["", "maybe", "a"].map(enter), "[0,1,2]"],
  ["the end of the input is no yes", ["y\r", endOfInput], "[]"],
  ["Ctrl-C is no yes", ["y\r", "\x03"], "[]"],
])(
  "%s",
  async (_name, answers, agreed) => {
    expect(await typed(answers)).toContain(`tty true agreed ${agreed}`);
  },
  30_000,
);

test("each question shows what, why, the proof, the risk, how far it reaches and the gap; evidence on request", async () => {
  const out = await typed(["s", "q"].map(enter));
  for (const part of [
    /step 1 of 3/,
    /Restart prometheus/,
    /because container 0 was stopped/,
    /proof {3}docker ps:7: Exited/,
    /risk {4}disruptive/,
    /reaches container prometheus on server/,
    /gap {5}no target is scraped/,
    /docker ps:7\n {4}Exited \(0\) 0/,
    /Nothing was changed\./,
  ])
    expect(out).toMatch(part);
}, 30_000);
