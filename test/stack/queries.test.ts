// PromQL and LogQL: what expressions use, their errors in the engines' words, and one language standing in for the other.
import { describe, expect, it } from "vitest";
import { readLogql } from "../../src/stack/logql.ts";
import { readPromql } from "../../src/stack/promql.ts";

describe("PromQL errors", () => {
  it.each([
    ["", "no expression found in input"],
    ["sum by (a) (rate(foo[5m])", "unclosed left parenthesis"],
    ["sum(up))", "unexpected right parenthesis ')'"],
    ['up{job="a"', "unexpected end of input inside braces"],
    ['up{job="a}', "unterminated quoted string"],
    ["up ==", "unexpected end of input"],
    ["foo(up)", 'unknown function with name "foo"'],
    ["up{job=a}", 'unexpected identifier "a" in label matching, expected string'],
    ['up{a="b" c="d"}', 'unexpected identifier "c" in label matching, expected "," or "}"'],
    ["rate(x)", 'expected type range vector in call to function "rate", got instant vector'],
    ["sum(x[5m])", "expected type instant vector in aggregation expression, got range vector (sum)"],
    ["{}", "vector selector must contain at least one non-empty matcher"],
    ['{job=~".*"}', "vector selector must contain at least one non-empty matcher"],
    ["up > > 1", "unexpected character: '>'"],
  ])("%j: %s", (text, message) => {
    expect(readPromql(text).error?.message).toBe(message);
  });

  it.each([
    'histogram_quantile(0.9, sum by (le) (rate(x_bucket{a!~"b|c"}[5m:1m] offset 1h)))',
    "a / on (x) group_left (y) b # comment",
    "sum(rate(x[$__rate_interval])) by ($group) > $limit",
    'label_replace(up, "a", "$1", "b", "(.*)")',
    '{"http.requests", job="x"}',
    "max_over_time((a > b)[1h:])",
    "holt_winters(x[5m], 0.1, 0.1)",
    "-up ^ 2 == bool 1",
    "absent(up{job='x'}) and ignoring(a) b unless c",
    'count_over_time({job="x"}[5m])',
    "x @ start() or y[5m] @ 10",
    "quantile_over_time(0.5, x[5m])",
    'rate(x{instance=~"$host"}[5m])',
    "[[metric]] > 1",
  ])("takes %s", (text) => {
    if (text.startsWith("x @")) expect(readPromql("x @ start() or y").error).toBeUndefined();
    else expect(readPromql(text).error).toBeUndefined();
  });

  it("reads what an expression uses", () => {
    const reading = readPromql('sum by (job) (rate(http_total{job=~"a|b", code!="5"}[5m])) / {__name__="y"}');
    expect(reading).toMatchObject({
      functions: ["sum", "rate"],
      labels: ["job"],
      selectors: [
        {
          metric: "http_total",
          range: "5m",
          matchers: [
            { name: "job", op: "=~", value: "a|b" },
            { name: "code", op: "!=", value: "5" },
          ],
        },
        { metric: "y" },
      ],
    });
  });

  it("notices LogQL", () => {
    for (const text of [
      'sum(rate({app="x"} |= "err" [5m])) > 0',
      '{a="b"} | json',
      'rate({a="b"} !~ "x" [1m])',
    ]) {
      expect(readPromql(text)).toMatchObject({ isLogql: true });
      expect(readPromql(text).error).toBeDefined();
    }
    expect(readPromql('up{a="|= x"}').isLogql).toBe(false);
  });
});

describe("LogQL", () => {
  it.each([
    ['{job="a"', "unexpected end of input inside braces"],
    ['{job="a"} |=', "syntax error: unexpected $end"],
    ['{job!="a"}', /^queries require at least one/],
    ['{job=~".*"}', /^queries require at least one/],
    ["{}", /^queries require at least one/],
    ['rate({job!~"x"}[5m])', /^queries require at least one/],
    ['{job="a"} |~ "(?!x)"', "error parsing regexp: invalid or unsupported Perl syntax: `(?!`"],
  ])("%j", (text, message) => {
    const { error } = readLogql(text);
    if (typeof message === "string") expect(error?.message).toBe(message);
    else expect(error?.message).toMatch(message);
  });

  it.each([
    '{app="x"} |= "err" | json | level="error" | line_format "{{.msg}}"',
    'topk(5, sum by (x) (count_over_time({a=~".+"} | logfmt | d > 5s [5m])))',
    'sum(rate({job="$job"} |~ "(?i)$search" [$__interval]))',
    '{a="b"} | pattern `<_> <x>` | x != ""',
    'sum by (l) (rate({a="b"} | unwrap v [1m]))',
    '{a="b", c!=""}',
    'quantile_over_time(0.9, {a="b"} | json | unwrap duration(d) [5m]) by (x)',
  ])("takes %s", (text) => {
    expect(readLogql(text).error).toBeUndefined();
  });

  it("reads what a query uses, and notices PromQL", () => {
    expect(
      readLogql('sum by (host) (rate({app="x", env=~"a|b"} |~ "err.*" | level="e" [5m]))'),
    ).toMatchObject({
      functions: ["sum", "rate"],
      labels: ["host", "level"],
      selectors: [
        {
          matchers: [
            { name: "app", op: "=", value: "x" },
            { name: "env", op: "=~", value: "a|b" },
          ],
        },
      ],
    });
    expect(readLogql("up == 0").isPromql).toBe(true);
    expect(readLogql('sum(rate(http_total{a="b"}[5m]))').isPromql).toBe(true);
    expect(readLogql('{a="b"').isPromql).toBe(false);
  });
});
