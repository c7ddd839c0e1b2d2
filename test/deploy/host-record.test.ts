// The record of the last apply: one that is there and cannot be read is named, never taken for none.
import { expect, test } from "vitest";
import { hostRecordSchema } from "../../src/model/deployment.ts";
import { readRecord } from "../../src/plan/deploy/host-part.ts";

const whole = { schema: hostRecordSchema, stack: "shop", files: { "/a": "1" }, containers: {}, read: {} };

test("no file is no record", () => {
  expect(readRecord("", false)).toEqual({ is: "none" });
});

test("a whole one is read", () => {
  expect(readRecord(JSON.stringify(whole), true)).toEqual({ is: "read", record: whole });
});

test.each([
  ["empty", "", /empty/],
  ["cut", JSON.stringify(whole).slice(0, 40), /JSON/],
  ["of another form", JSON.stringify({ ...whole, schema: "watchmend.host/v9" }), /schema/],
  ["with other values", JSON.stringify({ ...whole, files: { "/a": 1 } }), /files/],
  ["a list", "[]", /object|record/],
])("a damaged one says why: %s", (_name, text, because) => {
  const read = readRecord(text, true);
  expect(read).toMatchObject({ is: "damaged" });
  expect("because" in read && read.because).toMatch(because);
});
