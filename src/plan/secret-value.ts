// Takes the value of a secret from where the model says it is, on the machine that applies.
import { readFileSync } from "node:fs";
import { type SecretRef, secretRefText } from "../model/secret-ref.ts";
import { certificateFile } from "./certificates/store.ts";

/** Throws when it is not there: half a deployment is worse than none. One newline at the end of a file is no part of it. */
export function secretValue(ref: SecretRef): string {
  const value = ref.from === "env" ? process.env[ref.name] : fileText(ref);
  if (ref.from === "issued" && value !== undefined) return `${value}\n`;
  if (value === undefined || value === "")
    throw new Error(`${secretRefText(ref)} is ${value === undefined ? "not set" : "empty"} on this machine`);
  return value;
}

function fileText(ref: SecretRef): string | undefined {
  try {
    const file = ref.from === "issued" ? certificateFile(ref.name) : ref.name;
    return readFileSync(file, "utf8").replace(/\r?\n$/, "");
  } catch (error) {
    const reason =
      error instanceof Error && "code" in error && error.code === "ENOENT"
        ? "there is no such file"
        : String(error);
    throw new Error(`${secretRefText(ref)} cannot be read on this machine: ${reason}`);
  }
}
