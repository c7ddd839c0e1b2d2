// Programs that run another one: sudo, ssh, timeout, `docker exec`, `kubectl exec`, `sh -c`; what is run, and where.
import { operands, optionValue } from "./command-options.ts";

export interface Surroundings {
  host?: string;
  container?: string;
  namespace?: string;
  timeoutSeconds?: number;
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

export function innerCommand(program: string, args: readonly string[]): Inner | undefined {
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

export function dropAssignments(words: readonly string[]): readonly string[] {
  const start = words.findIndex((word) => !/^[A-Za-z_][A-Za-z0-9_]*=/.test(word));
  return start === -1 ? [] : words.slice(start);
}
