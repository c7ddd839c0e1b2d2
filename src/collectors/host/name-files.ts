// The files that decide how names resolve: /etc/resolv.conf and /etc/hosts.
import { given } from "../../model/given.ts";
import { commandOf, containerOf } from "../command.ts";
import { headOf, hostOf, leaveAsText, linesOf, placeOf } from "../lines.ts";
import type { Parser } from "../parser.ts";

const resolvLine = /^(nameserver|search|options|domain|sortlist)\s+(\S.*?)\s*$/;

export const resolvConf: Parser = {
  id: "resolv-conf",
  reads: "/etc/resolv.conf",
  provides: ["host.settings"],
  recognise(segment) {
    const head = headOf(segment, 20).filter((line) => !/^\s*[#;]/.test(line));
    const own = head.filter((line) => resolvLine.test(line)).length;
    return own > 0 && own === head.length && head.some((line) => /^(?:nameserver|search)\s/.test(line))
      ? 0.95
      : 0;
  },
  parse(segment, emit) {
    emit.seen("host.settings");
    for (const line of linesOf(segment, 1_000)) {
      const match = resolvLine.exec(line.text);
      if (!match) continue;
      const around = {
        at: placeOf(segment, line.index),
        host: hostOf(segment),
        container: containerOf(segment),
      };
      emit.fact(
        "host.settings",
        given({ ...around, name: `resolv.conf ${match[1]}`, value: match[2] ?? "" }),
      );
    }
  },
};

const hostsLine =
  /^\s*([0-9a-fA-F.:]{3,45}(?:%\w+)?)\s+([A-Za-z0-9_][\w.-]*(?:\s+[A-Za-z0-9_][\w.-]*)*)\s*(?:#.*)?$/;

export const hostsFile: Parser = {
  id: "hosts-file",
  reads: "/etc/hosts",
  provides: ["host.settings"],
  recognise(segment) {
    const head = headOf(segment, 20).filter((line) => !/^\s*#/.test(line));
    const own = head.filter((line) => hostsLine.test(line) && /^\s*\S*[.:]/.test(line)).length;
    if (own === 0 || own < head.length * 0.9) return 0;
    const isNamed = segment.path === "/etc/hosts" || commandOf(segment, "cat")?.args.includes("/etc/hosts");
    return isNamed || head.some((line) => /^\s*(?:127\.0\.0\.1|::1)\s+.*localhost/.test(line)) ? 0.95 : 0;
  },
  parse(segment, emit) {
    emit.seen("host.settings");
    for (const line of linesOf(segment, 20_000)) {
      const match = hostsLine.exec(line.text);
      const around = {
        at: placeOf(segment, line.index),
        host: hostOf(segment),
        container: containerOf(segment),
      };
      if (!match) {
        if (!/^\s*#/.test(line.text)) leaveAsText(segment, line, emit);
        continue;
      }
      for (const name of (match[2] ?? "").split(/\s+/))
        emit.fact(
          "host.settings",
          given({ ...around, name: `hosts ${name}`, value: match[1] ?? "", written: line.text }),
        );
    }
  },
};
