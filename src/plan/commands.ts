// Steps that only a person or a target can do, as the exact command to paste.
import type { Step } from "../model/plan.ts";
import { quoteWord } from "../model/quote.ts";
import { firewallCommands } from "./firewall-commands.ts";

/** Undefined: the step has no command, or is done by editing files. */
export function commandOf(step: Step): string | undefined {
  switch (step.do) {
    case "restart":
      return onHost(restartCommand(step.what), step.what.host);
    case "reload":
      return onHost(reloadCommand(step), step.what.host);
    case "set-owner":
      return onHost(ownerCommand(step), step.host);
    case "patch-object":
      return `kubectl ${inNamespace(step.namespace)}patch ${quoteWord(step.kind.toLowerCase())} ${quoteWord(step.name)} --type=json -p ${quoteWord(JSON.stringify(step.patch))}`;
    case "admit-source":
      return onHost(firewallCommands(step).add, step.host);
    case "by-hand":
      return step.command;
    default:
      return undefined;
  }
}

/** Where nobody knows whether a reload is possible, a rolled restart always is. */
function reloadCommand({ what }: Extract<Step, { readonly do: "reload" }>): string {
  return what.kind === "container" ? `docker kill -s HUP ${quoteWord(what.name)}` : restartCommand(what);
}

type Restart = Extract<Step, { readonly do: "restart" }>["what"];

function restartCommand(what: Restart): string {
  if (what.kind === "container") return `docker restart ${quoteWord(what.name)}`;
  if (what.kind === "unit") return `systemctl restart ${quoteWord(what.name)}`;
  // A pod of a workload is made again, with the files as they are now; never forced.
  if (what.kind === "pod") return `kubectl ${inNamespace(what.namespace)}delete pod ${quoteWord(what.name)}`;
  const [name, namespace] = workloadName(what);
  const scope = inNamespace(namespace);
  const kinds = `kubectl ${scope}get deployment,statefulset,daemonset ${quoteWord(name)} --ignore-not-found -o name`;
  return `${kinds} | xargs -r kubectl ${scope}rollout restart`;
}

/** Component ids are `namespace/name`. */
function workloadName({ name, namespace }: Restart): readonly [string, string | undefined] {
  const slash = name.indexOf("/");
  if (namespace !== undefined || slash < 0) return [name.slice(slash + 1), namespace];
  return [name.slice(slash + 1), name.slice(0, slash)];
}

/** `-h` keeps a link from leading elsewhere; below the path only what the step names. */
function ownerCommand(step: Extract<Step, { readonly do: "set-owner" }>): string {
  const owner = ownerWord(step.uid, step.gid);
  const path = quoteWord(step.path);
  const own = [
    ...(owner === undefined ? [] : [`chown -h ${owner} ${path}`]),
    ...(step.mode === undefined ? [] : [`chmod ${step.mode.toString(8).padStart(4, "0")} ${path}`]),
  ].join(" && ");
  if (owner === undefined || step.below === undefined) return own;
  return `${own}; ${belowCommand(step.path, owner, step.below)}`;
}

function belowCommand(
  path: string,
  owner: string,
  { names, uid }: { readonly names: readonly string[]; readonly uid: number },
): string {
  const found = names.map((name) => `./${name}`).join(" ");
  // What a pattern does not find is no matter, so its complaint is left out.
  return `(cd ${quoteWord(path)} && find ${found} -xdev -user ${uid} -exec chown -h ${owner} {} + 2>/dev/null)`;
}

function ownerWord(uid: number | undefined, gid: number | undefined): string | undefined {
  if (uid === undefined) return gid === undefined ? undefined : `:${gid}`;
  return gid === undefined ? String(uid) : `${uid}:${gid}`;
}

function inNamespace(namespace: string | undefined): string {
  return namespace === undefined ? "" : `-n ${quoteWord(namespace)} `;
}

function onHost(command: string, host: string | undefined): string {
  return host === undefined || command === "" ? command : `ssh ${quoteWord(host)} ${quoteWord(command)}`;
}
