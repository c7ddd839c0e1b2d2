// What `textRule` adds to a text and its conditions: one finding per system, and findings that files alone prove.
import { describe, expect, test } from "vitest";
import { noFacts } from "../../src/model/facts.ts";
import type { TextLine } from "../../src/model/text.ts";
import { textRule } from "../../src/rules/text-rule.ts";
import { buildStack } from "../../src/stack/build.ts";

function line(text: string, component: TextLine["component"], pod?: string): TextLine {
  return {
    at: { source: `${pod ?? component}.log`, line: 1 },
    text,
    stream: "log",
    streamId: pod ?? component ?? "",
    index: 0,
    ...(component ? { component } : {}),
    ...(pod ? { pod, namespace: "logs" } : {}),
  };
}

const meta = {
  id: "loki/example",
  title: "An example of a rule about a whole system",
  why: "Only here to show how hits are put together by the helper that builds rules from texts.",
  severity: "warning",
  component: "loki",
  layer: "limits",
  nature: "cause",
  effect: "none",
  references: ["https://example.org"],
  texts: ["queue of the front end is full"],
  says: () => "full",
} as const;

function factsOf(...lines: TextLine[]) {
  return { ...noFacts(), "text.lines": lines };
}

describe("about", () => {
  const text = "the queue of the front end is full";
  test("makes one finding of what several processes and a client say", () => {
    const facts = factsOf(
      line(text, "grafana"),
      line(text, "loki", "loki-read-0"),
      line(text, "loki", "loki-write-0"),
    );
    const rule = textRule({ ...meta, from: "any", about: "loki" });
    expect(rule.check(facts, buildStack(facts))).toHaveLength(1);
  });
  test("without it every component has a finding of its own", () => {
    const facts = factsOf(line(text, "grafana"), line(text, "loki"));
    const rule = textRule({ ...meta, from: "any" });
    expect(rule.check(facts, buildStack(facts))).toHaveLength(2);
  });
});

describe("fromFiles", () => {
  const rule = textRule({
    ...meta,
    fromFiles: () => [
      {
        subject: { kind: "component", id: "loki" },
        says: "written in the file",
        proof: [],
        certainty: "proven",
      },
    ],
  });
  test("speaks where no text does", () => {
    const facts = factsOf();
    expect(rule.check(facts, buildStack(facts)).map(({ says }) => says)).toEqual(["written in the file"]);
  });
  test("is silent about a component whose text told it", () => {
    const facts = factsOf(line("the queue of the front end is full", "loki"));
    expect(rule.check(facts, buildStack(facts)).map(({ says }) => says)).toEqual(["full"]);
  });
  test("needs text or configuration, not text", () => {
    expect(rule.needs).toEqual([]);
    expect(rule.needsAny).toEqual(["text.lines", "config.documents"]);
  });
});
