// The command line of `serve`. Its code is loaded only when it runs, so that --help starts at once.
import { type Command, InvalidArgumentError } from "commander";

export interface ServeOptions {
  readonly file: string;
  readonly listen: { readonly host: string; readonly port: number };
  readonly quiet?: boolean;
}

export function addServe(program: Command): void {
  program
    .command("serve")
    .description("answer Prometheus' http_sd with the targets of the model")
    .option("-f, --file <file>", "the model of the stack", "watchmend.yaml")
    .option("--listen <address:port>", "where to listen", listenAt, { host: "127.0.0.1", port: 8008 })
    .option("-q, --quiet", "no notes on stderr")
    .addHelpText(
      "after",
      `
For discovery: {http: "http://ADDRESS:8008/sd"} in watchmend.yaml. Every job is
answered at the path below that URL; a changed model is read at once. A model
that is wrong changes nothing: the last good targets are answered, stderr says
what is wrong, and /metrics has watchmend_model_last_load_successful 0.

Targets are answered to whoever asks: listen where only Prometheus gets to.
It runs until SIGTERM (exit 0) or Ctrl-C (exit 130).

Examples:
  watchmend serve
  watchmend serve -f stacks/prod.yaml --listen 10.20.0.10:8008
  curl -s http://127.0.0.1:8008/sd/node-exporter.json`,
    )
    .action(async (options: ServeOptions) => {
      const { serve } = await import("../serve.ts");
      process.exitCode = await serve(options);
    });
}

function listenAt(value: string): ServeOptions["listen"] {
  const match = /^(?:\[([0-9A-Fa-f:]{2,39})\]|([^:[\]\s]{1,253})?):(\d{1,5})$/.exec(value);
  const port = Number(match?.[3]);
  if (!match || port > 65_535)
    throw new InvalidArgumentError("write it as ADDRESS:PORT, such as 10.20.0.10:8008.");
  return { host: match[1] ?? match[2] ?? "0.0.0.0", port };
}
