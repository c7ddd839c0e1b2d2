// Who is read by whom: what the server scrapes, what only its own host can read, and what a component listens on.
import type { DeployedKind, StackFile, StackHost } from "./stack-file.ts";

/** Components with neither TLS nor passwords for what they measure (https://github.com/google/cadvisor: its metrics handler has no authenticator). */
const unprotectable: readonly DeployedKind[] = ["cadvisor"];

/** Why a component of a host is for that host alone; undefined where the server scrapes it. */
export function whyLocal(
  stack: Pick<StackFile, "security">,
  { absence }: Pick<StackHost, "absence">,
  kind: DeployedKind,
): "behind-nat" | "unprotectable" | undefined {
  if (absence?.kind === "behind-nat") return "behind-nat";
  return stack.security !== undefined && unprotectable.includes(kind) ? "unprotectable" : undefined;
}

export function isScraped(
  stack: Pick<StackFile, "security">,
  host: Pick<StackHost, "absence">,
  kind: DeployedKind,
): boolean {
  return whyLocal(stack, host, kind) === undefined;
}

/** Components whose metrics an agent of the same host reads and pushes. */
export function pushedKinds(stack: Pick<StackFile, "security">, host: StackHost): readonly DeployedKind[] {
  return host.components.filter((kind) => !isScraped(stack, host, kind));
}

/** Who pushes them. */
export function pusherOf({
  components,
}: Pick<StackHost, "components">): "alloy" | "prometheus-agent" | undefined {
  if (components.includes("alloy")) return "alloy";
  return components.includes("prometheus-agent") ? "prometheus-agent" : undefined;
}

/** What a component binds. What is there for its own host only listens to nobody else. */
export function listenAddress(stack: StackFile, host: StackHost, kind: DeployedKind): string {
  const declared = stack.components.find((one) => one.kind === kind)?.listen;
  return declared ?? (isScraped(stack, host, kind) ? host.listen : "127.0.0.1");
}

/** Whether a component speaks TLS once the stack has an authority. Grafana is the door of people, who trust other authorities. */
export function speaksTls(stack: Pick<StackFile, "security">, kind: DeployedKind): boolean {
  return stack.security?.tls !== undefined && kind !== "grafana" && !unprotectable.includes(kind);
}
