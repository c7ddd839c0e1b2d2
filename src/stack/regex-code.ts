// One character behind a backslash: control letters, hexadecimal, octal, punctuation.
import { type Reader, RegexFault } from "./regex-reader.ts";

const controls: Readonly<Record<string, number>> = { a: 7, f: 12, n: 10, r: 13, t: 9, v: 11 };

/** A single character behind a backslash. */
export function readCode(r: Reader): number {
  const start = r.at;
  const text = r.chars.slice(start, start + 14).join("");
  const letter = r.chars[start + 1] ?? "";
  const control = controls[letter];
  if (control !== undefined) {
    r.at += 2;
    return control;
  }
  const hex = /^\\x(?:\{([0-9A-Fa-f]{1,8})\}|([0-9A-Fa-f]{2}))/.exec(text);
  const octal = /^\\(0[0-7]{0,2}|[1-7][0-7]{1,2})/.exec(text);
  if (hex || octal) {
    r.at += (hex ?? octal)?.[0].length ?? 2;
    const code = hex ? Number.parseInt(hex[1] ?? hex[2] ?? "0", 16) : Number.parseInt(octal?.[1] ?? "0", 8);
    if (code <= 0x10ffff) return code;
  } else if (!/[0-9A-Za-z]/.test(letter) && (letter.codePointAt(0) ?? 128) < 128) {
    r.at += 2;
    return letter.codePointAt(0) ?? 0;
  }
  throw new RegexFault(`invalid escape sequence: \`\\${letter}\``, start);
}
