// What a refused push says about itself.
import { expect, test } from "vitest";
import { refusedBytes, sizeWords, streamOf } from "../../src/rules/loki-limits.ts";

test("sizes are told in megabytes where the text has bytes", () => {
  expect(sizeWords("4194304")).toBe("4 MB");
  expect(sizeWords("3MB/sec")).toBe("3MB/sec");
  expect(sizeWords(undefined)).toBe("the limit");
});

test("the size of the batch and the stream are read from the answer", () => {
  const text = String.raw`while attempting to ingest '1' lines totaling '11717733' bytes for stream: {app=\"a\"}`;
  expect(refusedBytes(text)).toBe(11_717_733);
  expect(streamOf(text)).toBe('{app="a"}');
});

test("a text without numbers or labels says nothing", () => {
  expect(refusedBytes("maximum active stream limit exceeded")).toBeUndefined();
  expect(streamOf("no labels here")).toBeUndefined();
});
