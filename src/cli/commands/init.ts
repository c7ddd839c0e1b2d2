// The command line of `init`. Its code is loaded only when it runs, so that --help starts at once.
import type { Command } from "commander";

export interface InitOptions {
  readonly from?: string;
  readonly output: string;
  readonly name?: string;
  readonly force?: boolean;
  readonly quiet?: boolean;
}

export function addInit(program: Command): void {
  program
    .command("init")
    .description("write a watchmend.yaml: from what you have, by asking, or a commented one to fill in")
    .option(
      "--from <path>",
      "an Ansible inventory, a compose file, a prometheus.yml, docker inspect output, or a folder of them",
    )
    .option("-o, --output <file>", "file to write; - for stdout", "watchmend.yaml")
    .option("--name <name>", "name of the stack")
    .option("--force", "overwrite the file")
    .option("-q, --quiet", "no notes on stderr")
    .addHelpText(
      "after",
      `
What cannot be carried over is listed on stderr and at the end of the file, with
where it stands and why. Secrets are never copied; references take their place.
Containers that exist keep their names and data, so that apply adopts them.

Examples:
  watchmend init
  watchmend init --from inventories/production/
  watchmend init --from docker-compose.yml
  docker inspect $(docker ps -q) > running.json
  watchmend init --from running.json
  watchmend init --from /etc/prometheus/prometheus.yml -o -`,
    )
    .action(async (options: InitOptions) => {
      const { init } = await import("../init.ts");
      process.exitCode = await init(options);
    });
}
