// The parsers of this folder: output of ordinary command line tools of a host.
import type { Parser } from "../parser.ts";
import { accounts } from "./accounts.ts";
import { clockOffset } from "./clock-offset.ts";
import { chrony, dateOutput, ntpq, timedatectl, uptime } from "./clocks.ts";
import { cron } from "./cron.ts";
import { curl } from "./curl.ts";
import { df } from "./df.ts";
import { exitStatus } from "./exit-status.ts";
import { exposition } from "./exposition.ts";
import { firewalld } from "./firewalld.ts";
import { interfaces } from "./interfaces.ts";
import { iptablesList } from "./iptables-list.ts";
import { iptablesSave } from "./iptables-save.ts";
import { ls } from "./ls.ts";
import { du, findmnt, lsblk, mounts } from "./mounts.ts";
import { hostsFile, resolvConf } from "./name-files.ts";
import { dig, hostLookup, nslookup } from "./name-lookup.ts";
import { nft } from "./nft.ts";
import { findListing, getfacl, namei } from "./path-listings.ts";
import { ping, traceroute } from "./ping.ts";
import { portProbe } from "./port-probe.ts";
import { bareCommandLine, processes } from "./processes.ts";
import { neighbours, routes } from "./routes.ts";
import { free, limits, osRelease, selinux, sysctl, uname } from "./settings.ts";
import { sockets } from "./sockets.ts";
import { statFormat, statFull } from "./stat.ts";
import { systemctlList, systemctlStatus, systemctlWord } from "./systemd.ts";
import { tlsClient } from "./tls.ts";
import { ufw } from "./ufw.ts";
import { unitFile } from "./unit-file.ts";
import { versions } from "./versions.ts";

export const hostParsers: readonly Parser[] = [
  sockets,
  iptablesSave,
  iptablesList,
  nft,
  ufw,
  firewalld,
  df,
  du,
  ls,
  statFull,
  statFormat,
  findListing,
  namei,
  getfacl,
  accounts,
  clockOffset,
  dateOutput,
  timedatectl,
  chrony,
  ntpq,
  uptime,
  interfaces,
  routes,
  neighbours,
  curl,
  portProbe,
  ping,
  traceroute,
  nslookup,
  dig,
  hostLookup,
  tlsClient,
  exitStatus,
  resolvConf,
  hostsFile,
  sysctl,
  selinux,
  limits,
  uname,
  osRelease,
  free,
  mounts,
  findmnt,
  lsblk,
  processes,
  bareCommandLine,
  systemctlStatus,
  systemctlList,
  systemctlWord,
  unitFile,
  cron,
  exposition,
  versions,
];
