// Models for tests of rendering: a text in, the model out, or the reasons why not.
import type { StackFile } from "../../src/model/stack-file.ts";
import { faultText } from "../../src/stack-file/fault.ts";
import { readStackFile } from "../../src/stack-file/read.ts";

export function stackOf(text: string): StackFile {
  const { stack, faults } = readStackFile(text);
  if (!stack) throw new Error(faults.map((fault) => faultText("watchmend.yaml", fault)).join("\n"));
  return stack;
}
