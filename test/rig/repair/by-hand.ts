// The exported folder, applied as a person would: its scripts in their order, where the README says, with kubectl and a shell alone.
import { existsSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import type { Host } from "../host.ts";
import { type Stage, same } from "../scenario.ts";

type Where = {
  readonly hosts: Readonly<Record<string, Host>>;
  readonly kubeconfig?: string;
};

/** Files reach a host as a person's scp would bring them: one by one, with their bytes. */
const bring = async (host: Host, folder: string, to: string): Promise<void> => {
  await host.sh(`rm -rf ${to} && mkdir -p ${to}/backup`);
  const names = readdirSync(folder, { recursive: true, withFileTypes: true });
  for (const entry of names.filter((one) => one.isFile())) {
    const path = join(entry.parentPath, entry.name);
    const bytes = readFileSync(path).toString("base64");
    await host.sh(`base64 -d >'${to}/${path.slice(folder.length + 1)}' <<'END'\n${bytes}\nEND`);
  }
};

/** Exports what was done last and puts it back without watchmend. */
export const putBackByHand = async (
  stage: Stage,
  { hosts, kubeconfig }: Where,
): Promise<readonly string[]> => {
  const folder = join(stage.dir, "by-hand");
  rmSync(folder, { recursive: true, force: true });
  const exported = await stage.watchmend(["rollback", "--export", folder]);
  same(`exit of the export\n${exported.stderr}`, exported.code, 0);
  if (!existsSync(join(folder, "README.md"))) throw new Error("the export has no README.md");
  const scripts = readdirSync(folder).filter((name) => name.endsWith(".sh"));
  for (const script of scripts.sort()) {
    if (script.endsWith("-cluster.sh")) {
      const env = kubeconfig === undefined ? [] : [`KUBECONFIG=${kubeconfig}`];
      await stage.operator(["env", ...env, "sh", join(folder, script)], { timeoutMs: 180_000 });
      continue;
    }
    const name = /-host-(.+)\.sh$/.exec(script)?.[1] ?? "";
    const host = hosts[name];
    if (host === undefined) throw new Error(`${script} is for a host that is not there`);
    await bring(host, folder, "/root/undo");
    await host.sh(`sh /root/undo/${script}`, { timeoutMs: 180_000 });
    await host.sh("rm -rf /root/undo");
  }
  return scripts;
};
