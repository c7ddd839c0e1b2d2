// Strings that try to break out of every format: markup, control sequences, fences, tables, separators, wide and long text.
import type { Finding } from "../../../src/model/finding.ts";
import type { Report } from "../../../src/model/report.ts";

const script = `<script>alert("x")</script><img src=x onerror=alert(1)>`;
const terminal = "\x1b]0;owned\x07\x1b[2J\x1b[31mred\x1b[0m \u202Egpj.exe\u202C\r\nsecond";
const markdown =
  "``` ````` | a | b |\n# heading\n[link](javascript:alert(1)) <details> @everyone #1 </details> ~~~ `tick` \\";
const cdata = "]]> --> <!-- &amp; &#0; \u0000 \ud800 %s $HOME {{y}}";

function finding(id: string, changes: Partial<Finding>): Finding {
  return {
    id,
    rule: "prometheus/config-invalid",
    role: "root",
    severity: "critical",
    certainty: "possible",
    component: "prometheus",
    layer: "config",
    subject: { kind: "file", id: `${script}|\`x\`` },
    title: `Title ${script} | pipe \`tick\` *star* _under_`,
    says: `Says ${markdown} and ${terminal}`,
    proof: [],
    explains: [],
    explainedBy: [],
    rivals: [],
    ...changes,
  };
}

export const hostile: Report = {
  schema: "watchmend.report/v1",
  tool: { version: `0.1.0"><script>` },
  verdict: "problems",
  coverage: {
    rules: { evaluated: 1, inconclusive: 1, notApplicable: 0 },
    missing: [
      {
        what: script,
        because: `${markdown} ${cdata}`,
        decideWith: `echo "${terminal}" '</pre><script>' \`id\``,
      },
    ],
  },
  stack: {
    components: [
      {
        id: `a"><script>alert(1)</script>`,
        kind: "prometheus",
        name: `'"><svg onload=alert(1)>`,
        host: "</style>",
      },
      { id: "b\u202E", kind: "loki", name: "`b`", host: "javascript:alert(1)" },
    ],
    relations: [
      {
        from: `a"><script>alert(1)</script>`,
        to: "b\u202E",
        kind: "queries",
        works: false,
        label: `</text>${script}`,
      },
      { from: "b\u202E", to: "b\u202E", kind: "scrapes" },
      { from: "__proto__", to: "constructor", kind: "pushes-to", works: true },
    ],
  },
  findings: [
    finding(`a ${script}`, {
      proof: [
        {
          source: `../../etc/${script}`,
          line: 3,
          pointer: `data["${script}"]`,
          excerpt: `${script} ${cdata}`,
        },
        { source: "logs/|pipe`tick`.txt", line: 7, excerpt: markdown },
        { source: "logs/terminal.txt", excerpt: terminal },
        { source: "logs/fences.txt", line: 1, excerpt: "``````\n~~~~~~~\n</details></pre></code>" },
        {
          source: "logs/wide.txt",
          line: 123456,
          excerpt: `日志写入失败:${"磁盘空间不足".repeat(20)} err="write /数据/wal: no space left on device" 🙂🙂🙂 e\u0301e\u0301`,
        },
        {
          source: "logs/long.txt",
          line: 9,
          excerpt: `${"x".repeat(5000)} connection refused ${"y".repeat(5000)}`,
        },
        { source: "logs/empty.txt", line: 1, excerpt: "" },
      ],
      explains: [`b ${script}`, "does-not-exist", `a ${script}`],
      rivals: [
        {
          rule: script,
          state: "possible",
          because: markdown,
          decideWith: "printf '%s\\n' \"</code>\"\nsecond line",
        },
        { rule: "x|y", state: "refuted", because: `${cdata} ${terminal}` },
      ],
      fix: {
        summary: `Summary ${script} ${markdown}`,
        risk: "destructive",
        steps: [
          {
            do: "write-file",
            title: `Write ${script}`,
            path: `/etc/${script}`,
            content: `\`\`\`\n${script}\n${terminal}\n`,
            mode: 0o640,
          },
          {
            do: "patch-object",
            title: "Patch",
            kind: "ConfigMap",
            name: script,
            patch: [
              { op: "test", path: "/data/a~1b", value: 1 },
              {
                op: "add",
                path: "/data/x~0y",
                value: { list: [script, markdown], deep: { a: 1, b: [1, 2, 3] } },
              },
              { op: "remove", path: "" },
            ],
          },
          { do: "by-hand", title: "Look", command: `cat <<'E'\n${script}\nE` },
        ],
      },
    }),
    finding(`b ${script}`, {
      role: "symptom",
      severity: "warning",
      explains: [`a ${script}`, `b ${script}`],
      explainedBy: [`a ${script}`],
    }),
    finding("orphan", { role: "symptom", rule: "loki/not-ready", explainedBy: ["gone"] }),
    finding("latent", { role: "latent", rule: "loki/later" }),
    finding("notice", {
      role: "notice",
      severity: "notice",
      rule: "loki/habit",
      proof: [{ source: "", excerpt: "=cmd|' /C calc'!A0" }],
    }),
  ],
  links: [{ from: `a ${script}`, to: `b ${script}`, mechanism: `${script} ${markdown}` }],
};
