// Just enough of WebAssembly's binary format to write one function down as a list of instructions.
// https://webassembly.github.io/spec/core/binary/

/** Bytes of one or more instructions. */
export type Code = readonly number[];

export const localGet = (local: number): Code => [0x20, ...unsigned(local)];
export const localSet = (local: number): Code => [0x21, ...unsigned(local)];
export const localTee = (local: number): Code => [0x22, ...unsigned(local)];
export const constant = (value: number): Code => [0x41, ...signed(value)];
/** The address is on the stack; `offset` is added to it. */
export const loadByte = (offset: number): Code => [0x2d, 0, ...unsigned(offset)];
export const loadWord = (offset: number): Code => [0x28, 2, ...unsigned(offset)];
export const storeWord = (offset: number): Code => [0x36, 2, ...unsigned(offset)];
export const lessThan: Code = [0x49];
export const add: Code = [0x6a];
export const and: Code = [0x71];
export const or: Code = [0x72];
export const shiftLeft: Code = [0x74];
export const repeat = (...body: readonly Code[]): Code => [0x03, 0x40, ...body.flat(), 0x0b];
/** Goes back to the beginning of the innermost loop when the top of the stack is not 0. */
export const repeatIf: Code = [0x0d, 0];
export const when = (...body: readonly Code[]): Code => [0x04, 0x40, ...body.flat(), 0x0b];

/** A module that imports a memory (`env.memory`) and exports one function (`run`) of 32-bit numbers. */
export function moduleOf(params: number, locals: number, body: readonly Code[]): Uint8Array {
  const word = 0x7f;
  const code = [1, ...unsigned(locals), word, ...body.flat(), 0x0b];
  return Uint8Array.from([
    ...[0, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
    ...section(1, [1, 0x60, ...unsigned(params), ...Array<number>(params).fill(word), 1, word]),
    ...section(2, [1, ...name("env"), ...name("memory"), 2, 0, 1]),
    ...section(3, [1, 0]),
    ...section(7, [1, ...name("run"), 0, 0]),
    ...section(10, [1, ...unsigned(code.length), ...code]),
  ]);
}

function section(id: number, content: Code): Code {
  return [id, ...unsigned(content.length), ...content];
}

function name(text: string): Code {
  return [text.length, ...[...text].map((char) => char.charCodeAt(0))];
}

/** LEB128. */
function unsigned(value: number): Code {
  const bytes: number[] = [];
  for (let rest = value; ; rest >>>= 7) {
    if (rest < 0x80) return [...bytes, rest];
    bytes.push((rest & 0x7f) | 0x80);
  }
}

function signed(value: number): Code {
  const bytes: number[] = [];
  for (let rest = value; ; rest >>= 7) {
    const byte = rest & 0x7f;
    const isLast = (rest >> 7 === 0 && (byte & 0x40) === 0) || (rest >> 7 === -1 && (byte & 0x40) !== 0);
    if (isLast) return [...bytes, byte];
    bytes.push(byte | 0x80);
  }
}
