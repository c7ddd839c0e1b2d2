// Why ssh did not get through, read from what it printed: each class has its own remedy.
import { quoteWord } from "../../model/quote.ts";

export type SshFailureKind =
  | "name"
  | "refused"
  | "timeout"
  | "no-route"
  | "host-key-unknown"
  | "host-key-changed"
  | "auth"
  | "busy"
  | "lost"
  | "no-shell"
  | "configuration"
  | "no-ssh"
  | "other";

export interface SshFailure {
  readonly kind: SshFailureKind;
  /** What is wrong, with ssh's own words. */
  readonly detail: string;
  /** What to do next. */
  readonly remedy: string;
}

interface Asked {
  readonly name: string;
  readonly user?: string;
  readonly port?: number;
}

/** The first that matches counts: ssh says the particular before the general. Wordings of OpenSSH 7 to 10. */
const signs: readonly (readonly [SshFailureKind, RegExp])[] = [
  [
    "configuration",
    /Bad configuration option|terminating, \d+ bad configuration options|Can't open user config file|Bad owner or permissions on|keyword \w+ extra arguments|unknown option -- /,
  ],
  [
    "host-key-changed",
    /REMOTE HOST IDENTIFICATION HAS CHANGED|Host key for \S+ has changed|POSSIBLE DNS SPOOFING/,
  ],
  [
    "host-key-unknown",
    /Host key verification failed|No \S+ host key is known for|authenticity of host .{1,300} can't be established/,
  ],
  [
    "name",
    /Could not resolve hostname|Name or service not known|nodename nor servname|Temporary failure in name resolution/,
  ],
  [
    "auth",
    /Permission denied \(|Too many authentication failures|No supported authentication methods|UNPROTECTED PRIVATE KEY FILE|Load key .{1,300}: (?:Permission denied|invalid format|error in libcrypto)|Identity file .{1,300} not accessible/,
  ],
  ["refused", /Connection refused/],
  ["no-route", /No route to host|Network is unreachable|Host is down/],
  ["timeout", /timed out|Operation timed out/],
  [
    "busy",
    /kex_exchange_identification|ssh_exchange_identification|Exceeded MaxStartups|Not allowed at this time/,
  ],
  [
    "lost",
    /client_loop: |Timeout, server \S+ not responding|Connection to \S+ closed by remote host|Connection (?:closed|reset) by|Broken pipe|mux_client_\w+: /,
  ],
];

export function classifySshFailure(stderr: string, asked: Asked): SshFailure {
  const text = stderr.slice(0, 20_000);
  const kind = signs.find(([, sign]) => sign.test(text))?.[0] ?? "other";
  const said = detailOf(text, kind);
  const words = inWords[kind];
  return { kind, detail: words === undefined ? said : `${words} (${said})`, remedy: remedies[kind](asked) };
}

/** The line that says it, without the decoration around it. */
function detailOf(text: string, kind: SshFailureKind): string {
  const sign = signs.find(([known]) => known === kind)?.[1];
  const lines = text
    .split(/\r?\n/)
    .map((line) => line.trim())
    .filter((line) => line !== "" && !/^[@#*=-]{3,}/.test(line));
  const told = lines.find((line) => sign?.test(line)) ?? lines.at(-1) ?? "ssh ended without a word";
  return told.replace(/^@\s+|\s+@$/g, "").slice(0, 300);
}

const destination = ({ name, user }: Asked): string =>
  quoteWord(user === undefined ? name : `${user}@${name}`);
const portOption = ({ port }: Asked): string => (port === undefined ? "" : ` -p ${port}`);
const knownName = ({ name, port }: Asked): string =>
  quoteWord(port === undefined ? name : `[${name}]:${port}`);
const tryIt = (asked: Asked): string => `ssh -v${portOption(asked)} ${destination(asked)} true`;

const compare =
  "compare the fingerprint with ssh-keygen -lf /etc/ssh/ssh_host_ed25519_key.pub on the machine's own console";

/** A command to copy, and behind # what it is for. */
const remedies: Readonly<Record<SshFailureKind, (asked: Asked) => string>> = {
  name: ({ name }) => `getent hosts ${quoteWord(name)}`,
  refused: (asked) => `${tryIt(asked)}   # nothing accepts ssh there, or a firewall rejects it`,
  timeout: (asked) => `${tryIt(asked)}   # the machine is off, or a firewall drops the packets`,
  "no-route": ({ name }) => `ip route get ${quoteWord(name)}; ping -c 3 ${quoteWord(name)}`,
  "host-key-unknown": (asked) =>
    `ssh-keyscan${portOption(asked)} ${quoteWord(asked.name)} | ssh-keygen -lf -   # ${compare}, and only then: ssh-keyscan${portOption(asked)} -H ${quoteWord(asked.name)} >> ~/.ssh/known_hosts`,
  "host-key-changed": (asked) =>
    `ssh-keyscan${portOption(asked)} ${quoteWord(asked.name)} | ssh-keygen -lf -   # the machine was made anew, or somebody listens in: ${compare}, and only then: ssh-keygen -R ${knownName(asked)}; ssh-keyscan${portOption(asked)} -H ${quoteWord(asked.name)} >> ~/.ssh/known_hosts`,
  auth: (asked) =>
    `ssh-copy-id${portOption(asked)} ${destination(asked)}   # no key is accepted, and watchmend types no password; --identity names another key`,
  busy: (asked) =>
    `${tryIt(asked)}   # sshd turns connections away (MaxStartups), or drops them before it speaks`,
  lost: (asked) => tryIt(asked),
  "no-shell": (asked) => `${tryIt(asked)}   # the account must be allowed to run sh -s`,
  configuration: () => "ssh -G localhost   # mend ~/.ssh/config, or name another one with --ssh-config",
  "no-ssh": () => "command -v ssh   # install the OpenSSH client (package openssh-client)",
  other: tryIt,
};

const inWords: Readonly<Partial<Record<SshFailureKind, string>>> = {
  "host-key-unknown": "its host key is not known here",
  "host-key-changed": "its host key is not the one that is known",
  auth: "no key is accepted",
  busy: "its ssh server turns connections away",
};

/** Failures that another attempt may not meet again. */
export function isWorthRetrying(kind: SshFailureKind): boolean {
  return kind === "busy" || kind === "lost";
}

/** When the connection stood, but no shell ever ran our script. */
export function noShell(asked: Asked, said: string): SshFailure {
  const detail = `the login gives no shell: ${said.trim().split(/\r?\n/).at(-1)?.slice(0, 200) || "it ended without a word"}`;
  return { kind: "no-shell", detail, remedy: remedies["no-shell"](asked) };
}

export function noSsh(asked: Asked, said: string): SshFailure {
  return {
    kind: "no-ssh",
    detail: `ssh cannot be started: ${said}`,
    remedy: remedies["no-ssh"](asked),
  };
}
