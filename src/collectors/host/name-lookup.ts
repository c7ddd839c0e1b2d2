// Name resolution as asked by hand: `nslookup`, `dig`, `host`, `getent hosts`.

import type { Segment } from "../../model/evidence.ts";
import { given } from "../../model/given.ts";
import type { Dial, DialOutcome } from "../../model/host.ts";
import { commandOf, containerOf } from "../command.ts";
import { operands } from "../command-options.ts";
import { headOf, hostOf, type Line, leaveAsText, linesOf, placeOf } from "../lines.ts";
import type { Emit, Parser } from "../parser.ts";
import { outcomeOfWords } from "./dial-outcome.ts";

interface Lookup {
  readonly tool: string;
  readonly name: string;
  readonly line: Line;
  readonly outcome: DialOutcome;
  readonly addresses?: readonly string[];
  readonly resolver?: string;
}

function emitLookup(segment: Segment, emit: Emit, lookup: Lookup): void {
  const dial: Dial = given({
    at: placeOf(segment, lookup.line.index),
    fromHost: hostOf(segment),
    fromContainer: containerOf(segment),
    tool: lookup.tool,
    target: lookup.name,
    targetHost: lookup.name,
    outcome: lookup.outcome,
    addresses: lookup.addresses && lookup.addresses.length > 0 ? lookup.addresses : undefined,
    resolver: lookup.resolver,
  });
  emit.fact("host.dials", dial);
}

const serverLine = /^Server:\s+(\S+)/;
const nameLine = /^Name:\s+(\S+)/;
const addressLine = /^Address(?:es)?(?: \d+)?:\s+([0-9a-fA-F.:]+?)(?:#\d+)?(?:\s+\S+)?\s*$/;
const cannot =
  /^(?:\*\* server can't find (\S+?): (NXDOMAIN|SERVFAIL|REFUSED|No answer)|\*\*\* Can't find (\S+?): (.*)|\*\*\* \S+ can't find (\S+?): (.*)|nslookup: can't resolve '([^']+)'.*|;; connection timed out; no servers could be reached.*|;; communications error to (\S+): (.*)|nslookup: (?:read|write): .*)/;

export const nslookup: Parser = {
  id: "nslookup",
  reads: "nslookup",
  provides: ["host.dials"],
  startsAt: (line, next) => serverLine.test(line) && next !== undefined && /^Address(?: 1)?:\s/.test(next),
  recognise(segment) {
    const head = headOf(segment, 8);
    if (head.some((line) => serverLine.test(line)) && head.some((line) => addressLine.test(line)))
      return 0.95;
    return head.some((line) => cannot.test(line)) && (commandOf(segment, "nslookup") || head.length <= 4)
      ? 0.93
      : 0;
  },
  parse(segment, emit) {
    emit.seen("host.dials");
    const command = commandOf(segment, "nslookup");
    const asked = command && operands(command.args)[0];
    let resolver: string | undefined = command && operands(command.args)[1];
    let name: string | undefined;
    let named: Line | undefined;
    const addresses: string[] = [];
    for (const line of linesOf(segment, 2_000)) {
      const text = line.text.trim();
      const failure = cannot.exec(text);
      const title = nameLine.exec(text);
      resolver ??= serverLine.exec(text)?.[1];
      if (title) {
        name ??= title[1];
        named ??= line;
      } else if (failure) {
        leaveAsText(segment, line, emit, containerOf(segment));
        const found = failure[1] ?? failure[3] ?? failure[5] ?? failure[7] ?? asked;
        if (found !== undefined)
          emitLookup(
            segment,
            emit,
            given({ tool: "nslookup", name: found, line, outcome: failureOf(text), resolver }),
          );
      } else if (named) {
        const address = addressLine.exec(text)?.[1];
        if (address !== undefined) addresses.push(address);
      }
    }
    if (named && addresses.length > 0)
      emitLookup(
        segment,
        emit,
        given({
          tool: "nslookup",
          name: asked ?? name ?? "",
          line: named,
          outcome: "connected" as const,
          addresses,
          resolver,
        }),
      );
  },
};

function failureOf(text: string): DialOutcome {
  if (/NXDOMAIN|No answer|can't resolve|Non-existent/i.test(text)) return "nxdomain";
  if (/refused/i.test(text) && /communications error/.test(text)) return "refused";
  if (/timed out|no servers could be reached/i.test(text)) return "timeout";
  return /SERVFAIL|REFUSED/.test(text) ? "dns-failure" : (outcomeOfWords(text) ?? "dns-failure");
}

const digHeader = /^;; ->>HEADER<<- opcode: QUERY, status: ([A-Z]+)/;
const digRecord =
  /^([A-Za-z0-9_.*-]{1,253}\.)\s+\d{1,9}\s+IN\s+(A|AAAA|CNAME|SRV|PTR|SOA|NS|MX|TXT)\s+(\S.*)$/;

export const dig: Parser = {
  id: "dig",
  reads: "dig",
  provides: ["host.dials"],
  startsAt: (line) => /^; <<>> DiG \d/.test(line),
  recognise(segment) {
    const head = headOf(segment, 20);
    if (head.some((line) => /^; <<>> DiG|^;; ->>HEADER<<-/.test(line))) return 0.96;
    const isShort = commandOf(segment, "dig")?.args.includes("+short") ?? false;
    return isShort && head.length > 0 && head.every((line) => /^[0-9a-fA-F.:]+$|^\S+\.$|^;; /.test(line))
      ? 0.94
      : 0;
  },
  parse(segment, emit) {
    emit.seen("host.dials");
    const command = commandOf(segment, "dig");
    const words = command
      ? operands(command.args, ["-p", "-t", "-x"]).filter((word) => !/^[@+]/.test(word))
      : [];
    const at = command?.args.find((word) => word.startsWith("@"))?.slice(1);
    const lines = linesOf(segment, 2_000);
    const header = lines.find((line) => digHeader.test(line.text));
    const status = header && digHeader.exec(header.text)?.[1];
    const question = lines
      .map((line) => /^;([A-Za-z0-9_.*-]+)\.\s+IN\s/.exec(line.text)?.[1])
      .find((name) => name !== undefined);
    const answers = lines.flatMap((line) => {
      const record = digRecord.exec(line.text);
      return record && (record[2] === "A" || record[2] === "AAAA") ? [record[3] ?? ""] : [];
    });
    const short = header
      ? []
      : lines
          .map((line) => line.text.trim())
          .filter((text) => /^[0-9a-fA-F.:]+$/.test(text) && /[.:]/.test(text));
    const name = question ?? words[0];
    const server = lines
      .map((line) => /^;; SERVER: ([0-9a-fA-F.:]+)#/.exec(line.text)?.[1])
      .find((text) => text !== undefined);
    const timedOut = lines.find((line) => /no servers could be reached|connection timed out/.test(line.text));
    const proof = header ?? timedOut ?? lines.find((line) => line.text.trim() !== "");
    if (!proof || name === undefined) return;
    const addresses = [...answers, ...short];
    emitLookup(
      segment,
      emit,
      given({
        tool: "dig",
        name,
        line: proof,
        outcome: digOutcome(status, addresses, timedOut),
        addresses,
        resolver: server ?? at,
      }),
    );
  },
};

function digOutcome(
  status: string | undefined,
  addresses: readonly string[],
  timedOut: Line | undefined,
): DialOutcome {
  if (addresses.length > 0) return "connected";
  if (timedOut) return "timeout";
  return status === undefined || status === "NXDOMAIN" || status === "NOERROR" ? "nxdomain" : "dns-failure";
}

const hostAnswer = /^(\S+) has (?:IPv6 )?address ([0-9a-fA-F.:]+)$/;
const hostFailure = /^Host (\S+?) not found: \d+\((NXDOMAIN|SERVFAIL|REFUSED)\)$/;
const getentRow = /^([0-9a-fA-F.:]{3,45})\s+(?:(?:STREAM|DGRAM|RAW)\s*)?(\S+)?(?:\s+\S+)*\s*$/;

export const hostLookup: Parser = {
  id: "host-lookup",
  reads: "host NAME, getent hosts NAME, getent ahosts NAME",
  provides: ["host.dials"],
  recognise(segment) {
    const head = headOf(segment, 8);
    if (head.some((line) => hostAnswer.test(line) || hostFailure.test(line))) return 0.95;
    const getent = asksGetent(segment);
    if (getent === undefined) return 0;
    return head.length === 0 || head.every((line) => getentRow.test(line)) ? 0.96 : 0;
  },
  parse(segment, emit) {
    emit.seen("host.dials");
    const getent = asksGetent(segment);
    const lines = linesOf(segment, 500);
    if (getent !== undefined) {
      const rows = lines.flatMap((line) => {
        const address = getentRow.exec(line.text.trim())?.[1];
        return address === undefined ? [] : [{ line, address }];
      });
      const first = rows[0]?.line ?? lines[0];
      // getent prints nothing and exits 2 when the name is unknown
      const outcome = rows.length > 0 ? ("connected" as const) : ("nxdomain" as const);
      if (first)
        emitLookup(segment, emit, {
          tool: "getent",
          name: getent,
          line: first,
          outcome,
          addresses: rows.map((row) => row.address),
        });
      return;
    }
    for (const line of lines) {
      const answer = hostAnswer.exec(line.text.trim());
      const failure = hostFailure.exec(line.text.trim());
      if (answer)
        emitLookup(segment, emit, {
          tool: "host",
          name: answer[1] ?? "",
          line,
          outcome: "connected",
          addresses: [answer[2] ?? ""],
        });
      else if (failure)
        emitLookup(segment, emit, {
          tool: "host",
          name: failure[1] ?? "",
          line,
          outcome: failure[2] === "NXDOMAIN" ? "nxdomain" : "dns-failure",
        });
      else leaveAsText(segment, line, emit);
    }
  },
};

function asksGetent(segment: Segment): string | undefined {
  const command = commandOf(segment, "getent");
  if (!command || command.filters.length > 0) return undefined;
  const [database, name] = operands(command.args, ["-s"]);
  return /^a?hosts(?:v[46])?$/.test(database ?? "") ? name : undefined;
}
