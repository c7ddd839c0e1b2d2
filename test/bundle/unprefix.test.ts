// What stands before every line of a paste (numbers, bullets, bars) is no part of it; numbers that belong to the text stay.
import { describe, expect, it } from "vitest";
import { cleanText } from "../../src/bundle/clean-text.ts";

const clean = (text: string) => cleanText(text).lines.join("\n");
const table = [
  "NAME      READY   STATUS             RESTARTS   AGE",
  "loki-0    0/1     CrashLoopBackOff   9          3h",
  "tempo-0   1/1     Running            0          3h",
];
const joined = table.join("\n");

describe("numbers", () => {
  it.each([
    ["cat -n", table.map((line, i) => `     ${i + 1}\t${line}`)],
    ["nl, its tabs lost", table.map((line, i) => `     ${i + 1}  ${line}`)],
    ["from the middle of a file", table.map((line, i) => `    ${i + 98 > 99 ? "" : " "}${i + 98}  ${line}`)],
    ["grep -n", table.map((line, i) => `${i + 9}:${line}`)],
    ["grep -n -A", table.map((line, i) => `${i + 9}${i === 0 ? ":" : "-"}${line}`)],
    ["bat", table.map((line, i) => `   ${i + 1}   │ ${line}`)],
  ])("%s", (_, lines) => expect(clean(lines.join("\n"))).toBe(joined));

  it.each([
    ["nl | grep", "    12\tloki-0    0/1     CrashLoopBackOff   9          3h"],
    ["its tab lost", "12  loki-0    0/1     CrashLoopBackOff   9          3h"],
    ["grep -n", "12:loki-0    0/1     CrashLoopBackOff   9          3h"],
  ])("one row, %s", (_, line) => expect(clean(line)).toBe(table[1]));

  it("only below the command that gave them", () => {
    const numbered = table.map((line, i) => `     ${i + 1}\t${line}`).join("\n");
    expect(clean(`$ kubectl get pods | nl\n${numbered}\n$ date\nMon`)).toBe(
      `$ kubectl get pods | nl\n${joined}\n$ date\nMon`,
    );
  });

  it("keeps the indent of a file, and its blank lines", () => {
    const file = [
      "server:",
      "  http_listen_port: 3100",
      "",
      "common:",
      "  ring:",
      "    kvstore:",
      "      store: inmemory",
    ];
    const cat = file.map((line, i) => `${String(i + 1).padStart(6)}\t${line}`).join("\n");
    expect(clean(cat)).toBe(file.join("\n"));
    const vim = file.map((line, i) => `${String(i + 7).padStart(3)} ${line}`).join("\n");
    expect(clean(vim)).toBe(file.join("\n"));
    const left = file.map((line, i) => `${i + 7} ${line}`.trimEnd()).join("\n");
    expect(clean(left)).toBe(file.join("\n"));
    expect(clean("11:scrape_configs:\n12-  - job_name: a\n--\n40:  - job_name: b")).toBe(
      "scrape_configs:\n  - job_name: a\n--\n  - job_name: b",
    );
  });

  it.each([
    [
      "iptables --line-numbers",
      "Chain INPUT (policy DROP)\nnum  target     prot\n1    ACCEPT     all\n2    DROP       all\n3    LOG        all",
    ],
    ["ip -o link", "1: lo: <LOOPBACK,UP> mtu 65536\n2: eth0: <BROADCAST,UP> mtu 1500"],
    ["ip -o addr", "1: lo    inet 127.0.0.1/8 scope host lo\n2: eth0    inet 10.0.0.4/24 scope global eth0"],
    ["times", "12:30:01  a  b  c\n13:30:01  a  b  c"],
    ["days", "2031-01-02 a\n2032-01-03 b"],
    [
      "processes",
      "  PID TTY          TIME CMD\n    1 ?        00:00:01 init\n    2 ?        00:00:00 kthreadd",
    ],
    ["du", "4\t/var/lib/a\n812\t/var/lib/b"],
    ["uniq -c", "      1 permission denied\n      2 no such host\n      3 refused"],
    ["history", "  501  kubectl get pods -A\n  502  kubectl logs loki-0 -n mon"],
    ["a list", "1. first do this\n2. then do that"],
    ["numbers", "1\n2\n3"],
  ])("%s stay", (_, text) => {
    const anchored = `a\n\n${text}`;
    expect(clean(anchored)).toBe(anchored);
  });
});

describe("marks before every line", () => {
  it.each(["- ", "* ", "• ", "| ", "$ ", "# ", "> "])("%j before a table", (mark) => {
    expect(clean(`Seen today:\n\n${table.map((line) => mark + line).join("\n")}`).split("\n\n")[1]).toBe(
      joined,
    );
  });

  it("what was typed keeps its prompt", () => {
    const lines = ["kubectl get pods", ...table].map((line) => `$ ${line}`);
    expect(clean(lines.join("\n"))).toBe(`$ kubectl get pods\n${joined}`);
  });

  it("a table of markdown", () => {
    const text = "| NAME | READY | STATUS |\n|------|:-----:|--------|\n| loki-0 | 0/1 | Pending |";
    expect(clean(text).split("\n")).toEqual([
      expect.stringMatching(/^NAME {2,}READY {2,}STATUS$/),
      "",
      expect.stringMatching(/^loki-0 {2,}0\/1 {2,}Pending$/),
    ]);
  });

  it.each([
    ["a list of YAML", "- targets:\n- other:\n- third:"],
    ["commands", "$ kubectl get pods\n$ kubectl get svc"],
    ["remarks", "- loki is down\n- grafana is up"],
    ["comments", "# NAME of the job\n# and more"],
  ])("%s stay", (_, text) => expect(clean(text)).toBe(text));
});

it("stays quick on long runs that turn out to be none", () => {
  const text = Array.from({ length: 60_000 }, (_, i) => `${i % 997}  x\n`).join("\n");
  const start = performance.now();
  clean(text);
  expect(performance.now() - start).toBeLessThan(5_000);
});
