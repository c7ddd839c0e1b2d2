// The parsers of this folder: output of ordinary command line tools of a host.
import type { Parser } from "../parser.ts";
import { curl } from "./curl.ts";
import { df } from "./df.ts";
import { iptablesList } from "./iptables-list.ts";
import { iptablesSave } from "./iptables-save.ts";
import { ls } from "./ls.ts";
import { portProbe } from "./port-probe.ts";
import { sockets } from "./sockets.ts";

export const hostParsers: readonly Parser[] = [sockets, df, ls, iptablesSave, iptablesList, curl, portProbe];
