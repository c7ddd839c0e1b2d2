// Looks through sudo, ssh, docker exec and kubectl exec: which command really ran, and where.

export interface UnwrappedCommand {
  /** The innermost command; empty for an interactive `ssh host` or `docker exec -it x sh`. */
  readonly command: string;
  readonly host?: string;
  readonly namespace?: string;
  readonly pod?: string;
  readonly container?: string;
  readonly previous?: boolean;
  /** The command opened a shell elsewhere: what is typed next runs there. */
  readonly opensShell?: boolean;
}

const deepest = 6;
/** Longer command lines carry scripts or data; their start tells what runs. */
const longestCommand = 8_000;

export function unwrapCommand(text: string): UnwrappedCommand {
  let state: UnwrappedCommand = { command: text.trim() };
  for (let depth = 0; depth < deepest; depth++) {
    const next = unwrapOnce(state);
    if (!next) return state;
    state = next;
    if (state.opensShell) return state;
  }
  return state;
}

function unwrapOnce(state: UnwrappedCommand): UnwrappedCommand | undefined {
  const { command } = state;
  const stripped = stripLeaders(command);
  if (stripped !== command) return { ...state, command: stripped };
  const tokens = tokenize(command.slice(0, longestCommand));
  const program = baseName(tokens[0]?.text ?? "");
  switch (program) {
    case "bash":
    case "sh":
    case "zsh":
      return unwrapShell(state, tokens);
    case "ssh":
      return unwrapSsh(state, tokens);
    case "vagrant":
      return unwrapVagrant(state, tokens);
    case "docker":
    case "podman":
    case "nerdctl":
    case "docker-compose":
    case "podman-compose":
    case "crictl":
      return unwrapDocker(state, tokens, program);
    case "kubectl":
    case "oc":
    case "k":
    case "k3s":
    case "microk8s":
    case "microk8s.kubectl":
    case "minikube":
      return unwrapKubectl(state, tokens);
    case "lxc":
    case "incus":
      return unwrapLxc(state, tokens);
    default:
      return undefined;
  }
}

/** A time-out stays in front of what it guards: its exit status 124 would mean nothing without it. `sudo -u x `, `time `, `watch -n1 `, `env A=b `, `A=b `. */
function stripLeaders(command: string): string {
  const match =
    /^(?:sudo|doas)(?:\s+(?:-[A-Za-z]*[ughpCT]\s+\S+|--?[A-Za-z][\w-]*(?:=\S+)?))*\s+(?=[^-\s])|^(?:time|nohup|env|command|exec|ionice(?:\s+-c\s*\d)?|nice(?:\s+-n\s*-?\d+)?|stdbuf\s+-\w+|unbuffer)\s+(?=[^-\s])|^timeout(?:\s+-\S+)*\s+[\d.]+[smhd]?\s+(?=(?:sudo|ssh|docker|podman|kubectl|oc)\s)|^watch(?:\s+(?:-n\s*[\d.]+|-[dtcex]+|--\S+))*\s+(?=[^-\s])|^[A-Za-z_][A-Za-z0-9_]*=[^\s'"$()`]*\s+(?=\S)/.exec(
      command.slice(0, longestCommand),
    );
  if (!match || /^\s*(?:-i|-s|su)\b/.test(command.slice(match[0].length))) return command;
  return command.slice(match[0].length);
}

interface Token {
  readonly text: string;
  readonly start: number;
  readonly end: number;
}

/** Words with their quotes taken away; good enough to find options, not a shell. */
export function tokenize(command: string): readonly Token[] {
  const tokens: Token[] = [];
  let text = "";
  let start = -1;
  let quote = "";
  for (let i = 0; i < command.length; i++) {
    const char = command[i] ?? "";
    if (quote !== "") {
      if (char === quote) quote = "";
      else text += char;
    } else if (char === "'" || char === '"') {
      quote = char;
      if (start < 0) start = i;
    } else if (/\s/.test(char)) {
      if (start >= 0) tokens.push({ text, start, end: i });
      text = "";
      start = -1;
    } else {
      if (start < 0) start = i;
      text += char === "\\" ? (command[++i] ?? "") : char;
    }
  }
  if (start >= 0) tokens.push({ text, start, end: command.length });
  return tokens;
}

function baseName(token: string): string {
  return token.slice(token.lastIndexOf("/") + 1).replace(/\.exe$/i, "");
}

/** What stands behind token `from`: one quoted word is a whole command of its own. */
function restFrom(command: string, tokens: readonly Token[], from: number): string {
  const token = tokens[from];
  if (!token) return "";
  if (from === tokens.length - 1) return token.text.trim();
  return command.slice(token.start).trim();
}

function unwrapShell(state: UnwrappedCommand, tokens: readonly Token[]): UnwrappedCommand | undefined {
  const at = tokens.findIndex((token, i) => i > 0 && /^-[a-z]*c$/.test(token.text));
  const script = at > 0 ? tokens[at + 1]?.text.trim() : undefined;
  return script ? { ...state, command: script } : undefined;
}

const sshValueOptions = /^-[bcDEeFIiJLlmOopQRSWw]$/;

function unwrapSsh(state: UnwrappedCommand, tokens: readonly Token[]): UnwrappedCommand | undefined {
  let i = 1;
  while (i < tokens.length && (tokens[i]?.text.startsWith("-") ?? false)) {
    i += sshValueOptions.test(tokens[i]?.text ?? "") ? 2 : 1;
  }
  const target = tokens[i]?.text
    .replace(/^ssh:\/\//, "")
    .replace(/^[^@]*@/, "")
    .replace(/:\d+$/, "");
  if (!target || !/^[\w.:[\]-]+$/.test(target)) return undefined;
  while (/^-[A-Za-z]/.test(tokens[i + 1]?.text ?? "")) {
    i += sshValueOptions.test(tokens[i + 1]?.text ?? "") ? 2 : 1;
  }
  if (tokens[i + 1]?.text === "--") i++;
  const command = restFrom(state.command, tokens, i + 1);
  return command === ""
    ? { ...state, host: target, command: "", opensShell: true }
    : { ...state, host: target, command };
}

function unwrapVagrant(state: UnwrappedCommand, tokens: readonly Token[]): UnwrappedCommand | undefined {
  if (tokens[1]?.text !== "ssh") return undefined;
  const host = tokens[2]?.text.startsWith("-") ? undefined : tokens[2]?.text;
  const at = tokens.findIndex((token) => token.text === "-c" || token.text === "--command");
  const command = at > 0 ? (tokens[at + 1]?.text ?? "") : "";
  return { ...state, ...(host ? { host } : {}), command, ...(command === "" ? { opensShell: true } : {}) };
}

function unwrapLxc(state: UnwrappedCommand, tokens: readonly Token[]): UnwrappedCommand | undefined {
  const host = tokens[2]?.text;
  if (tokens[1]?.text !== "exec" || !host) return undefined;
  const at = tokens[3]?.text === "--" ? 4 : 3;
  const command = restFrom(state.command, tokens, at);
  return { ...state, host, ...shellOr(command) };
}

const shells = /^(?:\/(?:usr\/)?bin\/)?(?:ba|da|a|z|k|fi)?sh(?: -[il]+)?$/;

/** A bare shell is something to type into; anything else is the command. */
function shellOr(command: string): { command: string; opensShell?: boolean } {
  return command === "" || shells.test(command) ? { command: "", opensShell: true } : { command };
}

const dockerGlobalValues =
  /^(?:-H|--host|-c|--context|--config|-l|--log-level|-f|--file|-p|--project-name|--env-file|--profile)$/;
const dockerExecValues = /^(?:-e|--env|-u|--user|-w|--workdir|--env-file|--detach-keys|--index)$/;

function unwrapDocker(
  state: UnwrappedCommand,
  tokens: readonly Token[],
  program: string,
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
  void program;
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

function unwrapKubectl(state: UnwrappedCommand, tokens: readonly Token[]): UnwrappedCommand | undefined {
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
