// `openssl s_client -connect HOST:PORT`: did the handshake work, which certificate was shown.

import { given } from "../../model/given.ts";
import type { DialOutcome } from "../../model/host.ts";
import { commandOf, containerOf } from "../command.ts";
import { optionValue } from "../command-options.ts";
import { headOf, hostOf, leaveAsText, linesOf, placeOf } from "../lines.ts";
import type { Parser } from "../parser.ts";
import { outcomeOfWords } from "./dial-outcome.ts";
import { targetOf } from "./target.ts";

const own =
  /^(?:CONNECTED\([0-9A-F]+\)|depth=\d+ |verify error:|Verify return code: |Verification(?: error)?: |Certificate chain|no peer certificate available|[0-9A-F]+:error:|connect:errno=\d+)/;

export const tlsClient: Parser = {
  id: "openssl-s-client",
  reads: "openssl s_client -connect HOST:PORT",
  provides: ["host.dials"],
  startsAt: (line) => /^CONNECTED\([0-9A-F]+\)/.test(line),
  recognise(segment) {
    const head = headOf(segment, 12);
    const lines = head.filter((line) => own.test(line.trim())).length;
    return lines > 0 && (lines >= 2 || commandOf(segment, "openssl")) ? 0.95 : 0;
  },
  parse(segment, emit) {
    emit.seen("host.dials");
    const command = commandOf(segment, "openssl");
    const target = command && optionValue(command.args, "-connect");
    const lines = linesOf(segment, 5_000);
    const find = (pattern: RegExp) => lines.find((line) => pattern.test(line.text.trim()));
    const verdict =
      find(/^Verify return code: \d+ \((?!ok\))|^verify error:/) ?? find(/^Verify return code: 0/);
    const refused = find(/connect:errno=|:error:|^no peer certificate/);
    const connected = find(/^CONNECTED\(/);
    const proof = verdict ?? refused ?? connected;
    for (const line of lines)
      if (/verify error|:error:|errno=/.test(line.text))
        leaveAsText(segment, line, emit, containerOf(segment));
    if (!proof || target === undefined) return;
    emit.fact(
      "host.dials",
      given({
        at: placeOf(segment, proof.index),
        fromHost: hostOf(segment),
        fromContainer: containerOf(segment),
        tool: "openssl",
        target,
        ...targetOf(target),
        outcome: outcomeOf(proof.text, connected !== undefined),
        body: proof.text.trim(),
      }),
    );
  },
};

function outcomeOf(text: string, isConnected: boolean): DialOutcome {
  if (/return code: 0 /.test(text)) return "connected";
  if (isConnected) return /^CONNECTED/.test(text) ? "connected" : "tls";
  return outcomeOfWords(text) ?? "other-error";
}
