// Looks through `docker exec` and `kubectl exec`, and reads whose logs `docker logs` and `kubectl logs` show.
import { restFrom, type Token } from "./tokenize.ts";
import type { UnwrappedCommand } from "./unwrap-command.ts";

const shells = /^(?:\/(?:usr\/)?bin\/)?(?:ba|da|a|z|k|fi)?sh(?: -[il]+)?$/;

/** A bare shell is something to type into; anything else is the command. */
export function shellOr(command: string): { command: string; opensShell?: boolean } {
  return command === "" || shells.test(command) ? { command: "", opensShell: true } : { command };
}

const dockerGlobalValues =
  /^(?:-H|--host|-c|--context|--config|-l|--log-level|-f|--file|-p|--project-name|--env-file|--profile)$/;
const dockerExecValues = /^(?:-e|--env|-u|--user|-w|--workdir|--env-file|--detach-keys|--index)$/;

export function unwrapDocker(
  state: UnwrappedCommand,
  tokens: readonly Token[],
): UnwrappedCommand | undefined {
  let i = skipOptions(tokens, 1, dockerGlobalValues);
  if (tokens[i]?.text === "compose" || tokens[i]?.text === "container") {
    i = skipOptions(tokens, i + 1, dockerGlobalValues);
  }
  const verb = tokens[i]?.text;
  if (verb === "logs") return namedLogs(state, tokens, i + 1);
  if (verb !== "exec") return undefined;
  i = skipOptions(tokens, i + 1, dockerExecValues);
  const container = tokens[i]?.text;
  if (!container || container.startsWith("-")) return undefined;
  if (tokens[i + 1]?.text === "--") i++;
  const inner = shellOr(restFrom(state.command, tokens, i + 1));
  return { ...state, container, ...inner };
}

/** `docker logs NAME`, `docker compose logs SERVICE`: the command stays, the name is kept. */
function namedLogs(
  state: UnwrappedCommand,
  tokens: readonly Token[],
  from: number,
): UnwrappedCommand | undefined {
  if (state.container) return undefined;
  const names: string[] = [];
  for (let i = from; i < tokens.length; i++) {
    const token = tokens[i]?.text ?? "";
    if (/^(?:\||>|2>|&&|;|&>|\d>)/.test(token)) break;
    if (/^(?:-n|--tail|--since|--until|-f|--follow)$/.test(token) && /^\d/.test(tokens[i + 1]?.text ?? ""))
      i++;
    else if (!token.startsWith("-")) names.push(token.replace(/[;|&].*$/, ""));
  }
  const [container] = names;
  return names.length === 1 && container ? { ...state, container } : undefined;
}

function skipOptions(tokens: readonly Token[], from: number, withValue: RegExp): number {
  let i = from;
  while (i < tokens.length && (tokens[i]?.text.startsWith("-") ?? false) && tokens[i]?.text !== "--") {
    i += withValue.test(tokens[i]?.text ?? "") ? 2 : 1;
  }
  return i;
}

const kubectlValues =
  /^(?:-n|--namespace|--context|--kubeconfig|--cluster|--user|-c|--container|-l|--selector|--as|-s|--server|--tail|--since|--since-time|-o|--output|--field-selector|--sort-by|--request-timeout|--limit-bytes|--pod-running-timeout|-f|--filename)$/;

export function unwrapKubectl(
  state: UnwrappedCommand,
  tokens: readonly Token[],
): UnwrappedCommand | undefined {
  if (state.namespace !== undefined || state.pod !== undefined) return undefined;
  const plain: Token[] = [];
  let namespace: string | undefined;
  let container: string | undefined;
  let previous = false;
  let separator = -1;
  for (let i = 1; i < tokens.length; i++) {
    const token = tokens[i];
    const text = token?.text ?? "";
    if (!token || /^(?:\||>|2>|&&|;|&>)/.test(text)) break;
    if (text === "--") {
      separator = i;
      break;
    }
    const [option = "", inline] = text.split(/=(.*)/s, 2);
    const value =
      inline ?? (kubectlValues.test(option) && !isFollow(plain, option) ? tokens[++i]?.text : undefined);
    if (option === "-n" || option === "--namespace") namespace = value;
    else if (/^-n\S+$/.test(option)) namespace = option.slice(2);
    else if (option === "-c" || option === "--container") container = value;
    else if (option === "-p" || option === "--previous") previous = inline !== "false";
    else if (!text.startsWith("-")) plain.push(token);
  }
  if (plain[0]?.text === "kubectl") plain.shift();
  const verb = plain[0]?.text;
  if (verb !== "exec" && verb !== "logs" && verb !== "log" && verb !== "rsh") {
    return namespace ? { ...state, namespace } : undefined;
  }
  const resource = plain[1]?.text;
  const where = {
    ...(namespace ? { namespace } : {}),
    ...(resource ? podOf(resource) : {}),
    ...(container ? { container } : {}),
    ...(previous && verb !== "exec" ? { previous } : {}),
  };
  if (Object.keys(where).length === 0) return undefined;
  if (verb === "logs" || verb === "log") {
    const third = plain[2]?.text;
    return { ...state, ...where, ...(!container && third ? { container: third } : {}) };
  }
  const at = separator >= 0 ? separator + 1 : plain[2] ? tokens.indexOf(plain[2]) : tokens.length;
  return { ...state, ...where, ...shellOr(restFrom(state.command, tokens, at)) };
}

/** `-f` is `--follow` for logs and `--filename` elsewhere. */
function isFollow(plain: readonly Token[], option: string): boolean {
  return option === "-f" && plain.some((token) => token.text === "logs" || token.text === "log");
}

/** `pod/loki-0` and `loki-0` name a pod; `deploy/grafana` only says what it belongs to. */
function podOf(resource: string): { pod?: string; container?: string } {
  const slash = resource.indexOf("/");
  if (slash < 0) return { pod: resource };
  const kind = resource.slice(0, slash);
  return /^(?:po|pod|pods)$/.test(kind) ? { pod: resource.slice(slash + 1) } : {};
}
