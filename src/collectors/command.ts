// What a segment's command line really ran: behind sudo, ssh, timeout, `docker exec`, `kubectl exec`, `sh -c`.
import type { Segment } from "../model/evidence.ts";
import { type SimpleCommand, splitCommands } from "../model/shell-words.ts";

export interface RanCommand {
  /** Base name of the program: `docker`, `ss`. */
  readonly program: string;
  readonly args: readonly string[];
  /** Programs the output went through: `grep`, `wc`. */
  readonly filters: readonly string[];
  /** Words of the last filter, e.g. ["wc", "-l"]. */
  readonly lastFilter?: readonly string[];
  /** From `ssh HOST command`. */
  readonly host?: string;
  /** Name of the container or pod it ran in. */
  readonly container?: string;
  readonly namespace?: string;
  /** From `timeout 5 command`. */
  readonly timeoutSeconds?: number;
}

interface Surroundings {
  host?: string;
  container?: string;
  namespace?: string;
  timeoutSeconds?: number;
}

const cache = new WeakMap<Segment, readonly RanCommand[]>();

/** All simple commands of the segment's command line, unwrapped. Empty without a command. */
export function commandsOf(segment: Segment): readonly RanCommand[] {
  if (segment.command === undefined) return [];
  const known = cache.get(segment);
  if (known) return known;
  const commands = parseCommandLine(segment.command);
  cache.set(segment, commands);
  return commands;
}

/** The first of the segment's commands that runs one of these programs. */
export function commandOf(segment: Segment, ...programs: readonly string[]): RanCommand | undefined {
  return commandsOf(segment).find((command) => programs.includes(command.program));
}

/** The container or pod the segment was read in: from `docker exec`, `kubectl exec`, or what the splitter knows. */
export function containerOf(segment: Segment): string | undefined {
  const wrapped = commandsOf(segment).find((command) => command.container !== undefined)?.container;
  return wrapped ?? segment.hints?.container ?? segment.hints?.pod;
}

export function parseCommandLine(line: string): RanCommand[] {
  return splitCommands(line).flatMap((simple) => unwrap(simple, {}, 0));
}

/** Arguments that are not options. `withValue` lists options whose value is the next word. */
export function operands(args: readonly string[], withValue: readonly string[] = []): string[] {
  const found: string[] = [];
  for (let i = 0; i < args.length; i += 1) {
    const word = args[i] ?? "";
    if (word === "--") return [...found, ...args.slice(i + 1)];
    if (withValue.includes(word)) i += 1;
    else if (!word.startsWith("-") || word === "-") found.push(word);
  }
  return found;
}

/** Value of an option in any of its spellings: `-n x`, `-nx` (short only), `--name x`, `--name=x`. */
export function optionValue(args: readonly string[], ...names: readonly string[]): string | undefined {
  for (let i = 0; i < args.length; i += 1) {
    const word = args[i] ?? "";
    if (names.includes(word)) return args[i + 1];
    const long = names.find((name) => name.startsWith("--") && word.startsWith(`${name}=`));
    if (long !== undefined) return word.slice(long.length + 1);
  }
  return undefined;
}

function unwrap(simple: SimpleCommand, around: Surroundings, depth: number): RanCommand[] {
  const words = dropAssignments(simple.words);
  const [first = "", ...args] = words;
  const program = first.slice(first.lastIndexOf("/") + 1);
  const inner = depth < 8 ? innerCommand(program, args) : undefined;
  if (inner) {
    const surroundings = { ...around, ...inner.around };
    if (inner.line !== undefined) {
      const nested = splitCommands(inner.line);
      return nested.flatMap((command) =>
        unwrap(
          { ...command, pipedInto: [...command.pipedInto, ...simple.pipedInto] },
          surroundings,
          depth + 1,
        ),
      );
    }
    if (inner.words.length > 0) {
      return unwrap({ words: inner.words, pipedInto: simple.pipedInto }, surroundings, depth + 1);
    }
  }
  if (program === "") return [];
  const filters = simple.pipedInto.map((filter) => filter[0] ?? "");
  const lastFilter = simple.pipedInto.at(-1);
  return [{ program, args, filters, ...(lastFilter ? { lastFilter } : {}), ...around }];
}

function dropAssignments(words: readonly string[]): readonly string[] {
  const start = words.findIndex((word) => !/^[A-Za-z_][A-Za-z0-9_]*=/.test(word));
  return start === -1 ? [] : words.slice(start);
}

interface Inner {
  readonly words: readonly string[];
  /** A whole command line in one word (`sh -c "…"`). */
  readonly line?: string;
  readonly around?: Surroundings;
}

/** Programs that run another one, with the options of theirs that take a word: `-n` means something else to each. */
const plainWrappers: Readonly<Record<string, readonly string[]>> = {
  sudo: [
    "-u",
    "-g",
    "-h",
    "-p",
    "-C",
    "-T",
    "-U",
    "-R",
    "-D",
    "-r",
    "-t",
    "--user",
    "--group",
    "--host",
    "--prompt",
    "--chdir",
  ],
  doas: ["-u", "-C"],
  time: ["-f", "-o"],
  nice: ["-n", "--adjustment"],
  ionice: ["-c", "-n", "-p", "--class", "--classdata"],
  nohup: [],
  watch: ["-n", "--interval", "-q"],
  env: ["-u", "-C", "--unset", "--chdir"],
  command: [],
  exec: ["-a"],
  strace: ["-e", "-o", "-p", "-s", "-u", "-P", "-a", "-S", "-b", "-I", "-O", "-X", "-E"],
};

function innerCommand(program: string, args: readonly string[]): Inner | undefined {
  const ownValues = Object.hasOwn(plainWrappers, program) ? plainWrappers[program] : undefined;
  if (ownValues) return { words: dropAssignments(afterOptions(args, ownValues)) };
  if (program === "timeout") return timeoutCommand(args);
  if (program === "ssh") return sshCommand(args);
  if (program === "nsenter") return { words: afterOptions(args, ["-t", "--target", "-S", "-G"]) };
  if (program === "ip" && args[0] === "netns" && args[1] === "exec")
    return { words: args.slice(3), around: { ...(args[2] ? { host: args[2] } : {}) } };
  if (["sh", "bash", "ash", "zsh", "dash"].includes(program)) return shellCommand(args);
  if (["docker", "podman", "nerdctl", "docker-compose", "podman-compose", "crictl"].includes(program))
    return engineCommand(program, args);
  if (["kubectl", "oc", "k3s", "microk8s", "k", "minikube"].includes(program))
    return kubectlCommand(program, args);
  return undefined;
}

function afterOptions(args: readonly string[], withValue: readonly string[]): readonly string[] {
  let i = 0;
  while (i < args.length) {
    const word = args[i] ?? "";
    if (word === "--") return args.slice(i + 1);
    if (!word.startsWith("-")) break;
    i += withValue.includes(word) ? 2 : 1;
  }
  return args.slice(i);
}

function timeoutCommand(args: readonly string[]): Inner {
  const [duration = "", ...words] = afterOptions(args, ["-k", "-s", "--kill-after", "--signal", "-t"]);
  const seconds = /^(\d{1,6}(?:\.\d{1,3})?)s?$/.exec(duration);
  return { words, ...(seconds ? { around: { timeoutSeconds: Number(seconds[1]) } } : {}) };
}

const sshValues = [
  "-i",
  "-p",
  "-l",
  "-o",
  "-F",
  "-J",
  "-L",
  "-R",
  "-D",
  "-W",
  "-b",
  "-c",
  "-e",
  "-m",
  "-E",
  "-S",
];

function sshCommand(args: readonly string[]): Inner {
  const [target = "", ...words] = afterOptions(args, sshValues);
  const host = target.slice(target.lastIndexOf("@") + 1);
  return { words: [], line: words.join(" "), around: { ...(host === "" ? {} : { host }) } };
}

function shellCommand(args: readonly string[]): Inner | undefined {
  const at = args.findIndex((word) => /^-[a-z]*c$/.test(word));
  const line = at === -1 ? undefined : args[at + 1];
  return line === undefined ? undefined : { words: [], line };
}

const execValues = [
  "-u",
  "--user",
  "-e",
  "--env",
  "-w",
  "--workdir",
  "--env-file",
  "--index",
  "-f",
  "--file",
  "-p",
  "--project-name",
  "-H",
  "--host",
  "--context",
  "-c",
  "--detach-keys",
  "--profile",
];

function engineCommand(program: string, args: readonly string[]): Inner | undefined {
  const rest = afterOptions(args, execValues);
  const [verb, ...after] =
    rest[0] === "compose" || rest[0] === "container" ? afterOptions(rest.slice(1), execValues) : rest;
  if (verb === "exec") return inContainer(afterOptions(after, execValues));
  if (verb === "run" && program !== "docker-compose") return runCommand(after);
  return undefined;
}

function inContainer(words: readonly string[]): Inner | undefined {
  const [container, ...inner] = words;
  if (container === undefined || inner.length === 0) return undefined;
  return { words: inner, around: { container } };
}

/** `docker run --rm busybox nslookup x`: only short-lived test containers; a long-running one is its own fact. */
function runCommand(args: readonly string[]): Inner | undefined {
  if (!args.includes("--rm")) return undefined;
  const words = afterOptions(args, runValues);
  const [image, ...inner] = words;
  const isProbe =
    /^(?:curl|wget|nc|ping|nslookup|dig|getent|cat|ls|df|id|host|sh|ip|ss|traceroute|telnet|stat)$/;
  if (image === undefined || !isProbe.test(inner[0] ?? "")) return undefined;
  const name = optionValue(args, "--name") ?? image;
  const isOnHost = /^host$/.test(optionValue(args, "--network", "--net") ?? "");
  return { words: inner, around: isOnHost ? {} : { container: name } };
}

const runValues = [
  "-v",
  "--volume",
  "-e",
  "--env",
  "-p",
  "--publish",
  "--name",
  "--network",
  "--net",
  "-u",
  "--user",
  "-w",
  "--workdir",
  "--mount",
  "--entrypoint",
  "-l",
  "--label",
  "-m",
  "--memory",
  "--cpus",
  "-h",
  "--hostname",
  "--add-host",
  "--dns",
  "--restart",
  "--log-driver",
  "--log-opt",
  "--pid",
  "--cap-add",
  "--cap-drop",
  "--security-opt",
  "--device",
  "--env-file",
  "--network-alias",
  "--ip",
  "--platform",
  "--pull",
  "--ulimit",
  "--tmpfs",
  "--health-cmd",
  "--shm-size",
  "--gpus",
];

const kubectlValues = [
  "-n",
  "--namespace",
  "-c",
  "--container",
  "--context",
  "--kubeconfig",
  "--cluster",
  "-s",
  "--server",
  "--as",
  "-l",
  "--selector",
  "--image",
  "--restart",
  "--pod-running-timeout",
];

function kubectlCommand(program: string, args: readonly string[]): Inner | undefined {
  const all = ["k3s", "microk8s", "minikube"].includes(program)
    ? args.slice(args.indexOf("kubectl") + 1)
    : args;
  const verbAt = all.findIndex(
    (word, i) => (word === "exec" || word === "run") && !kubectlValues.includes(all[i - 1] ?? ""),
  );
  if (verbAt === -1) return undefined;
  const dashes = all.indexOf("--");
  const own = dashes === -1 ? all : all.slice(0, dashes);
  const named = operands(own, kubectlValues).filter((word) => word !== "exec" && word !== "run");
  const words = dashes === -1 ? named.slice(1) : all.slice(dashes + 1);
  if (words.length === 0) return undefined;
  const pod = named[0]?.replace(/^[a-z]+\//, "");
  const namespace = optionValue(own, "-n", "--namespace");
  return {
    words,
    around: {
      ...(pod === undefined ? {} : { container: pod }),
      ...(namespace === undefined ? {} : { namespace }),
    },
  };
}
