// Looks through sudo, ssh, docker exec and kubectl exec: which command really ran, and where.
import { restFrom, type Token, tokenize } from "./tokenize.ts";
import { shellOr, unwrapDocker, unwrapKubectl } from "./unwrap-containers.ts";

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
      return unwrapDocker(state, tokens);
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

function baseName(token: string): string {
  return token.slice(token.lastIndexOf("/") + 1).replace(/\.exe$/i, "");
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
