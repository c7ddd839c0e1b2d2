// Ends the background ssh of a connection by a word on its socket, without starting a program for it.
import { connect } from "node:net";

/** https://github.com/openssh/openssh-portable/blob/master/PROTOCOL.mux */
const hello = { type: 0x0000_0001, version: 4 } as const;
const terminate = 0x1000_0005;
const ok = 0x8000_0001;
/** It answers at once or not at all. */
const patienceMs = 2_000;

/** Whether it said yes: otherwise it is ended the usual way. */
export function endMaster(socket: string): Promise<boolean> {
  return new Promise((resolve) => {
    const connection = connect(socket);
    let seen = Buffer.alloc(0);
    let isGreeted = false;
    const end = (answer: boolean): void => {
      connection.destroy();
      resolve(answer);
    };
    connection.setTimeout(patienceMs, () => end(false));
    connection.on("error", () => end(isGreeted));
    // It may be gone before its answer is sent: who greeted us has read what we wrote.
    connection.on("close", () => end(isGreeted));
    connection.on("connect", () => {
      connection.write(packet(hello.type, hello.version));
      connection.write(packet(terminate, 0));
    });
    connection.on("data", (chunk) => {
      seen = Buffer.concat([seen, chunk]);
      for (;;) {
        const length = seen.length >= 4 ? seen.readUInt32BE(0) : Number.POSITIVE_INFINITY;
        if (length < 4 || seen.length > 4096) return end(false);
        if (seen.length < 4 + length) return;
        const type = seen.readUInt32BE(4);
        if (type === ok) return end(true);
        if (type !== hello.type) return end(false);
        isGreeted = true;
        seen = seen.subarray(4 + length);
      }
    });
  });
}

function packet(...words: readonly number[]): Buffer {
  const bytes = Buffer.alloc(4 + 4 * words.length);
  bytes.writeUInt32BE(4 * words.length, 0);
  for (const [i, word] of words.entries()) bytes.writeUInt32BE(word, 4 + 4 * i);
  return bytes;
}
