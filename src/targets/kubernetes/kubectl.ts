// Runs kubectl: found, started, and asked the two or three things that are better known before the first request.
import { execFile } from "node:child_process";
import { UserError } from "../../model/errors.ts";

export interface KubectlChoice {
  readonly context?: string;
  readonly kubeconfig?: string;
}

/** Options that every call of kubectl gets. */
export function kubectlOptions({ context, kubeconfig }: KubectlChoice): string[] {
  return [
    ...(kubeconfig === undefined ? [] : ["--kubeconfig", kubeconfig]),
    ...(context === undefined ? [] : ["--context", context]),
  ];
}

export interface KubectlAnswer {
  /** Undefined when it could not be started or was stopped. */
  readonly code?: number;
  readonly stdout: Buffer;
  readonly stderr: string;
  readonly notFound?: boolean;
}

export function runKubectl(
  args: readonly string[],
  options: {
    readonly timeoutMs: number;
    readonly maxBytes?: number;
    readonly signal?: AbortSignal;
    readonly stdin?: string;
  },
): Promise<KubectlAnswer> {
  return new Promise((resolve) => {
    const child = execFile(
      "kubectl",
      args,
      {
        timeout: options.timeoutMs,
        maxBuffer: options.maxBytes ?? 1024 * 1024,
        encoding: "buffer",
        ...(options.signal ? { signal: options.signal } : {}),
      },
      (error, stdout, stderr) => {
        const code = error === null ? 0 : typeof error.code === "number" ? error.code : undefined;
        resolve({
          ...(code === undefined ? {} : { code }),
          stdout,
          stderr: stderr.toString("utf8").trim(),
          ...(error !== null && (error as NodeJS.ErrnoException).code === "ENOENT" ? { notFound: true } : {}),
        });
      },
    );
    child.stdin?.on("error", () => undefined);
    child.stdin?.end(options.stdin ?? "");
  });
}

/** The context that will be used. Throws a UserError when kubectl, the kubeconfig or the context is not there. */
export async function chosenContext(choice: KubectlChoice, signal: AbortSignal): Promise<string> {
  const options = { timeoutMs: 10_000, signal };
  const file = choice.kubeconfig === undefined ? [] : ["--kubeconfig", choice.kubeconfig];
  const listed = await runKubectl([...file, "config", "get-contexts", "-o", "name"], options);
  if (listed.notFound) throw kubectlMissing();
  if (listed.code !== 0) throw badKubeconfig(listed.stderr);
  const contexts = listed.stdout.toString("utf8").split("\n").filter(Boolean);
  if (contexts.length === 0) throw noContexts(choice);
  if (choice.context !== undefined) {
    if (contexts.includes(choice.context)) return choice.context;
    throw unknownContext(choice.context, contexts);
  }
  const current = await runKubectl([...file, "config", "current-context"], options);
  const name = current.stdout.toString("utf8").trim();
  if (current.code === 0 && name !== "") return name;
  throw new UserError(
    "target-unusable",
    "the kubeconfig has no current context, so it is not said which cluster is meant",
    `Name one with --context: ${shown(contexts)}`,
  );
}

function kubectlMissing(): UserError {
  return new UserError(
    "target-unusable",
    "kubectl is not installed or not in PATH; clusters are read through it, so that every kubeconfig works",
    "Install kubectl (https://kubernetes.io/docs/tasks/tools/), or run inside the cluster with --in-cluster.",
  );
}

function badKubeconfig(stderr: string): UserError {
  return new UserError(
    "target-unusable",
    `kubectl cannot read the kubeconfig: ${stderr.replace(/^error: /, "").slice(0, 500) || "no reason given"}`,
    "See what kubectl uses: kubectl config view",
  );
}

function noContexts({ kubeconfig }: KubectlChoice): UserError {
  return new UserError(
    "target-unusable",
    kubeconfig === undefined
      ? "kubectl has no kubeconfig with a context"
      : `${kubeconfig} does not exist or holds no context`,
    "Name a kubeconfig with --kubeconfig FILE, or see what kubectl uses: kubectl config get-contexts",
  );
}

function unknownContext(context: string, contexts: readonly string[]): UserError {
  return new UserError(
    "target-unusable",
    `the kubeconfig has no context ${context}`,
    `There ${contexts.length === 1 ? "is" : "are"}: ${shown(contexts)}`,
  );
}

function shown(contexts: readonly string[]): string {
  const first = contexts.slice(0, 20).join(", ");
  return contexts.length > 20 ? `${first}, and ${contexts.length - 20} more` : first;
}
