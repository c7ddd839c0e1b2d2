// The C headers of systemd's journal, unpacked into a part of their own: nothing is installed on the machine for them.
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { run } from "../process/command.ts";
import { dirOf, type Part } from "./part.ts";

const packageName = "libsystemd-dev";

export const journalHeaders: Part = {
  name: "journal-headers",
  what: "C headers of the systemd journal, from Debian",
  needs: [],
  inputs: () => [packageName],
  build: async (into) => {
    const options = { cwd: into.dir, log: into.log, timeoutMs: 600_000 };
    await run(["apt-get", "-q", "-y", "update"], options);
    await run(["apt-get", "-q", "download", packageName], options);
    const archive = readdirSync(into.dir).find((name) => name.endsWith(".deb"));
    if (archive === undefined) throw new Error(`apt-get download ${packageName} left no package`);
    await run(["dpkg-deb", "-x", archive, "."], options);
  },
};

export const includesOf = (): string => join(dirOf(journalHeaders), "usr", "include");
