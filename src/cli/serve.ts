// `serve`: the targets of the model over http, until it is told to end.
import { once } from "node:events";
import { statSync } from "node:fs";
import type { AddressInfo } from "node:net";
import { exitCodes, UserError } from "../model/errors.ts";
import { fileName } from "../render/prometheus/config.ts";
import { targetJobs } from "../render/prometheus/targets.ts";
import { type Answer, createAnswers } from "../server/answers.ts";
import { createTargetServer } from "../server/target-server.ts";
import type { ServeOptions } from "./commands/serve.ts";
import { interruptible } from "./interrupt.ts";
import { note } from "./output.ts";
import { loadStackFile } from "./stack-file.ts";

const usualPath = "/sd";

export async function serve(options: ServeOptions): Promise<number> {
  const { file, listen } = options;
  const answers = createAnswers({ mark: () => markOf(file), load: () => answersOf(file, options) });
  const server = createTargetServer({
    answers,
    onStale: (because) => note(options, `the targets from before are answered: ${because}`),
    onFresh: () => note(options, `${file} is right again, and answered`),
  });
  server.listen(listen.port, listen.host);
  try {
    await once(server, "listening");
  } catch (error) {
    throw new UserError(
      "output-unwritable",
      `cannot listen on ${listen.host}:${listen.port}: ${error instanceof Error ? error.message : String(error)}`,
      "Choose another with --listen ADDRESS:PORT.",
      { cause: error },
    );
  }
  const { address, port } = server.address() as AddressInfo;
  const base = `http://${address.includes(":") ? `[${address}]` : address}:${port}`;
  note(
    options,
    `answering ${answers.paths().length} jobs:\n${answers
      .paths()
      .map((path) => `  ${base}${path}`)
      .join("\n")}`,
  );
  const code = await ended();
  server.close();
  server.closeAllConnections();
  return code;
}

async function ended(): Promise<number> {
  // Otherwise the first signal would end the program in the middle of an answer.
  interruptible();
  return await new Promise((done) => {
    process.once("SIGTERM", () => done(exitCodes.clean));
    process.once("SIGINT", () => done(exitCodes.interrupted));
  });
}

/** A file that is gone for a moment, while an editor replaces it, is another state that is wrong. */
function markOf(file: string): string {
  const found = statSync(file, { throwIfNoEntry: false, bigint: true });
  return found === undefined ? "gone" : `${found.ino} ${found.mtimeNs} ${found.size}`;
}

function answersOf(file: string, options: ServeOptions): ReadonlyMap<string, Answer> {
  const stack = loadStackFile(file, options);
  const path =
    stack.discovery.url === undefined ? usualPath : new URL(stack.discovery.url).pathname.replace(/\/+$/, "");
  return new Map(
    targetJobs(stack).map(({ job, groups }) => [
      `${path}/${fileName(job)}.json`,
      { type: "application/json", body: Buffer.from(JSON.stringify(groups)) },
    ]),
  );
}
