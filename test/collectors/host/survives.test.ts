// No parser of a host's or an engine's output throws, hangs or points outside its text, whatever people cut or paste together.
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { dockerParsers } from "../../../src/collectors/docker/index.ts";
import { hostParsers } from "../../../src/collectors/host/index.ts";
import type { Parser } from "../../../src/collectors/parser.ts";
import type { Segment } from "../../../src/model/evidence.ts";

const parsers = [...dockerParsers, ...hostParsers];

const outputs: readonly (readonly [string, string?])[] = [
  [
    'CONTAINER ID   IMAGE   COMMAND       CREATED       STATUS       PORTS                      NAMES\na0906fa7f39e   ne:1    "/bin/ne…"    2 hours ago   Up 2 hours   127.0.0.1:9103->9100/tcp   ne',
  ],
  [
    "      Name            Command         State     Ports\n----------------------------------------\nmon_loki_1   /usr/bin/loki   Up (health:   0.0.0.0:3100->3100/tcp\n                             starting)",
    "docker-compose ps",
  ],
  [
    '[{"Id":"ab","Name":"/x","State":{"Status":"running","ExitCode":0},"HostConfig":{"NetworkMode":"host"},"Mounts":[{"Type":"bind","Source":"/a","Destination":"/b"}]}]',
  ],
  ['{"ID":"a","Image":"b","Names":"c","Ports":"0.0.0.0:1-9->1-9/tcp","State":"running","Status":"Up"}'],
  ["exited 137", "docker inspect -f '{{.State.Status}} {{.State.ExitCode}}' x"],
  [
    "Server:\n Containers: 3\n Storage Driver: overlay2\n Security Options:\n  seccomp\n   Profile: x\n Docker Root Dir: /d",
  ],
  ["docker run -d --name x -p 80:80 -v /a:/b:ro \\\n  image:1 --flag"],
  [
    'State  Recv-Q Send-Q Local Address:Port Peer Address:Port\nLISTEN 0 4096 *:9101 *:* users:(("ne",pid=1,fd=3))',
  ],
  ["Filesystem      Size  Used Avail Use% Mounted on\n/dev/sda1       194G   71G  123G  37% /", "df -h"],
  [
    "total 4\ndrwxr-xr-x 2 root root 4096 Aug 15  2018 data\nls: cannot access '/x': No such file or directory",
    "ls -la /srv",
  ],
  [
    "  File: /srv\n  Size: 4096      Blocks: 8     IO Block: 4096   directory\nAccess: (0755/drwxr-xr-x)  Uid: (    0/    root)   Gid: (    0/    root)",
  ],
  [
    "*filter\n:INPUT DROP [1:2]\n-A INPUT ! -i lo -p tcp -m multiport --dports 1,2:3 -j REJECT --reject-with tcp-reset\nCOMMIT",
  ],
  [
    "Chain INPUT (policy DROP 77K packets, 5M bytes)\n pkts bytes target prot opt in out source destination\n  12K  900K DROP tcp -- eth0 * 0.0.0.0/0 0.0.0.0/0 tcp dpt:9100",
  ],
  [
    "table inet f {\n\tchain in {\n\t\ttype filter hook input priority 0; policy drop;\n\t\ttcp dport { 1, 2 } accept\n\t}\n}",
  ],
  [
    "Status: active\n\nTo                         Action      From\n--                         ------      ----\n9100/tcp                   DENY IN     Anywhere",
  ],
  [
    "public (active)\n  target: default\n  interfaces: eth0\n  services: ssh\n  ports: 9100/tcp\n  rich rules:",
  ],
  [
    "*   Trying 10.0.0.5:3100...\n* Connected to loki (10.0.0.5) port 3100\n> GET / HTTP/1.1\n< HTTP/1.1 503 x\n<\nbody",
    "curl -v http://loki:3100",
  ],
  ["nc: connect to mon (10.0.0.5) port 9100 (tcp) failed: Connection refused", "nc -zv mon 9100"],
  ["Server:\t127.0.0.11\nAddress:\t127.0.0.11#53\n\n** server can't find loki: NXDOMAIN", "nslookup loki"],
  ["PING mon (10.0.0.5) 56(84) bytes of data.\n64 bytes from mon (10.0.0.5): icmp_seq=1 ttl=64 time=0.1 ms"],
  ["host: Thu Sep 10 18:22:31 UTC 2026\nvm:   Thu Sep 10 16:32:04 UTC 2026"],
  [
    "Reference ID    : A29FC801 (x)\nSystem time     : 0.1 seconds slow of NTP time\nLeap status     : Normal",
  ],
  [
    "2: eth0@if7: <BROADCAST,UP> mtu 1450 qdisc noqueue state UP\n    inet 10.0.0.5/24 brd 10.0.0.255 scope global eth0",
  ],
  [
    "default via 10.0.0.1 dev eth0 proto dhcp src 10.0.0.5\n172.28.0.0/16 dev br-1 proto kernel scope link src 172.28.0.1",
  ],
  ["fs.inotify.max_user_watches = 8192\nnet.ipv4.ip_forward = 0", "sysctl -a"],
  ["//filer/share /mnt/share cifs rw,relatime 0 0\nnas:/x on /mnt type nfs4 (rw)"],
  [
    "USER PID %CPU %MEM VSZ RSS TTY STAT START TIME COMMAND\nprom 1 1.0 2.0 1 2 ? Ssl Mar01 10:00 /usr/bin/prometheus --a=b",
  ],
  [
    "● p.service - P\n     Loaded: loaded (/etc/p.service; enabled; preset: x)\n     Active: failed (Result: exit-code) since x\n\nMar 15 22:07:34 mon p[1]: boom",
  ],
  ["[Unit]\nDescription=x\n[Service]\nExecStart=/usr/bin/loki \\\n  -config.file=/x\nMemoryMax=1G"],
  ['# HELP up x\n# TYPE up gauge\nup{job="a\\"b",instance="c"} 1 1700000000000'],
  ["chart prometheus 13.1.0 -> 13.2.0, helm v3.4.2\nGrafana upgraded 4.3.2 -> 4.4.0"],
  ["uid=110(promtail) gid=65534(nogroup) groups=65534(nogroup),4(adm)\nnobody:x:99:99:N:/:/bin/false"],
  ["124", "timeout 5 df /mnt ; echo $?"],
];

const noise = fc.oneof(
  fc.string({ maxLength: 12 }),
  fc.constantFrom(
    "\n",
    "\t",
    "\r",
    "  ",
    "…",
    "...",
    '"',
    "'",
    "{",
    "}",
    "[",
    "]",
    ",",
    ":",
    "::",
    "/",
    "\\",
    "%",
    "-",
    "->",
    "\0",
    "é",
    "💥",
    "$(x)",
    "`",
    "|",
    ";",
    "0",
    "99999999999999999999",
  ),
);

/** Cuts, repeats, swaps and fills in: what copying from a terminal does, and worse. */
const mutation = fc.oneof(
  fc.record({ kind: fc.constant("cut" as const), from: fc.nat(), length: fc.nat(60) }),
  fc.record({ kind: fc.constant("insert" as const), from: fc.nat(), text: noise }),
  fc.record({ kind: fc.constant("repeat" as const), from: fc.nat(), length: fc.nat(80) }),
  fc.record({ kind: fc.constant("squeeze" as const) }),
  fc.record({ kind: fc.constant("tabs" as const) }),
  fc.record({ kind: fc.constant("join" as const) }),
);
type Mutation = typeof mutation extends fc.Arbitrary<infer M> ? M : never;

function mutate(text: string, change: Mutation): string {
  if (change.kind === "squeeze") return text.replace(/ +/g, " ");
  if (change.kind === "tabs") return text.replace(/ {2,}/g, "\t");
  if (change.kind === "join") return text.replace(/\n/g, " ");
  const from = change.from % (text.length + 1);
  if (change.kind === "insert") return text.slice(0, from) + change.text + text.slice(from);
  const piece = text.slice(from, from + change.length);
  return change.kind === "cut"
    ? text.slice(0, from) + text.slice(from + change.length)
    : text.slice(0, from) + piece + text.slice(from);
}

/** Every place a fact or text carries, however deep. */
function placesIn(
  value: unknown,
  found: { source: string; line?: number }[] = [],
): { source: string; line?: number }[] {
  if (typeof value !== "object" || value === null) return found;
  if ("source" in value && "line" in value && typeof value.line === "number")
    found.push(value as { source: string; line: number });
  for (const item of Object.values(value)) placesIn(item, found);
  return found;
}

function run(parser: Parser, segment: Segment): void {
  const score = parser.recognise(segment);
  expect(score).toBeGreaterThanOrEqual(0);
  expect(score).toBeLessThanOrEqual(1);
  const end = segment.startLine + lineCount(segment.text);
  const outside: number[] = [];
  const check = (line: number | undefined) => {
    const isInside =
      line === undefined || line === segment.commandAt || (line >= segment.startLine && line < end);
    if (!isInside) outside.push(line);
  };
  const emit = {
    fact: (_id: string, value: unknown) => {
      for (const { line } of placesIn(value)) check(line);
    },
    seen: () => {},
    segment: (child: Segment) => check(child.startLine),
    text: (line: { line: number }) => check(line.line),
    gap: () => {},
  };
  parser.parse(segment, emit);
  parser.notices?.(segment, emit);
  expect(outside, parser.id).toEqual([]);
}

function lineCount(text: string): number {
  let count = 1;
  for (let at = text.indexOf("\n"); at !== -1; at = text.indexOf("\n", at + 1)) count += 1;
  return count;
}

function segmentOf(text: string, command: string | undefined): Segment {
  return { source: "paste", startLine: 3, text, ...(command === undefined ? {} : { command, commandAt: 2 }) };
}

describe("every parser survives", () => {
  test("mutated output, read by the parser it belongs to and by every other", () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...outputs),
        fc.array(mutation, { maxLength: 4 }),
        ([text, command], changes) => {
          const segment = segmentOf(changes.reduce(mutate, text), command);
          for (const parser of parsers) run(parser, segment);
        },
      ),
      { numRuns: 150 },
    );
  });

  test("two outputs glued together", () => {
    fc.assert(
      fc.property(fc.constantFrom(...outputs), fc.constantFrom(...outputs), ([first, command], [second]) => {
        const segment = segmentOf(`${first}\n${second}`, command);
        for (const parser of parsers) run(parser, segment);
      }),
      { numRuns: 40 },
    );
  });

  test("command lines of any shape", () => {
    const words = fc.constantFrom(
      "docker",
      "run",
      "exec",
      "-it",
      "inspect",
      "-f",
      "'{{.A}}'",
      "ssh",
      "h",
      "sh",
      "-c",
      "'a; b'",
      "|",
      "&&",
      ">",
      "2>&1",
      "$?",
      "echo",
      "timeout",
      "5",
      "curl",
      "-w",
      '"%{http_code}"',
      "http://x:1",
      "stat",
      "'%a %n'",
      "getent",
      "hosts",
      "\\",
      "'",
      '"',
    );
    fc.assert(
      fc.property(fc.array(words, { maxLength: 10 }), fc.constantFrom(...outputs), (command, [text]) => {
        for (const parser of parsers) run(parser, segmentOf(text, command.join(" ")));
      }),
      { numRuns: 60 },
    );
  });
});

describe("nothing hangs", () => {
  const long = 120_000;
  const hostile: Readonly<Record<string, string>> = {
    "one long word": "a".repeat(long),
    blanks: " ".repeat(long),
    "words and blanks": "a ".repeat(long / 2),
    digits: "1".repeat(long),
    dots: "1.".repeat(long / 2),
    quotes: '"'.repeat(long),
    brackets: "[".repeat(long),
    "open objects": '{"a":'.repeat(long / 5),
    colons: ":".repeat(long),
    slashes: "/a".repeat(long / 2),
    dashes: "- ".repeat(long / 2),
    commas: "1,".repeat(long / 2),
    "versions without end": "grafana v1.2.".repeat(long / 13),
    "blank lines": "\n".repeat(long),
    "many short lines": "-rw-r--r-- 1 a b 1 x\n".repeat(4_000),
    "labels without end": `up{${'a="b",'.repeat(long / 6)}`,
    addresses: "10.0.0.1 ".repeat(long / 9),
  };
  test.each(Object.keys(hostile))("%s", (name) => {
    const text = hostile[name] ?? "";
    for (const parser of parsers) {
      const started = performance.now();
      run(parser, segmentOf(text, undefined));
      expect(performance.now() - started, `${parser.id} on ${name}`).toBeLessThan(3_000);
    }
  });
});
