// The root file system of every rig host: Debian 12 with the packages a monitored machine and a Kubernetes node have.
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { run } from "../process/command.ts";
import { rigRoot } from "../process/paths.ts";
import type { Built, Part } from "./part.ts";

/** With a value: the upstream version that scenarios count on. Debian's own revision may move. */
const packages: Readonly<Record<string, string>> = {
  systemd: "252",
  "systemd-sysv": "",
  dbus: "",
  "libpam-systemd": "",
  "openssh-server": "9.2",
  sudo: "",
  iproute2: "",
  iptables: "1.8",
  nftables: "",
  conntrack: "",
  "docker.io": "20.10",
  containerd: "1.6",
  "containernetworking-plugins": "1.1",
  podman: "4.3",
  netavark: "",
  "aardvark-dns": "",
  crun: "",
  "etcd-server": "3.4",
  "etcd-client": "3.4",
  prometheus: "2.42",
  "prometheus-node-exporter": "1.5",
  "prometheus-alertmanager": "0.25",
  "ca-certificates": "",
  openssl: "",
  procps: "",
  e2fsprogs: "",
  kmod: "",
  socat: "",
  ethtool: "",
  ebtables: "",
  curl: "",
  dnsutils: "",
  "dnsmasq-base": "",
  "iputils-ping": "",
  libfaketime: "",
  "busybox-static": "1.35",
  "python3-minimal": "",
  less: "",
  "vim-tiny": "",
};

const suite = "bookworm";
const customize = join(rigRoot, "parts", "debian-customize.sh");
const leftOut = ["/usr/share/doc/*", "/usr/share/man/*", "/usr/share/locale/*", "/usr/share/info/*"];

const needTool = async (into: Built): Promise<void> => {
  if (existsSync("/usr/bin/mmdebstrap")) return;
  into.note("installing mmdebstrap");
  const apt = (...words: string[]) =>
    run(["apt-get", "-q", "-y", ...words], {
      log: into.log,
      timeoutMs: 600_000,
      env: { DEBIAN_FRONTEND: "noninteractive" },
    });
  await apt("update");
  await apt("install", "--no-install-recommends", "mmdebstrap");
};

const checkVersions = async (root: string, into: Built): Promise<void> => {
  const query = ["dpkg-query", `--admindir=${root}/var/lib/dpkg`, "-W", `-f=\${Package} \${Version}\\n`];
  const installed = new Map(
    (await run(query, { log: into.log })).stdout
      .split("\n")
      .map((line) => line.split(" "))
      .map(([name = "", version = ""]) => [name, version.replace(/^\d+:/, "")]),
  );
  for (const [name, wanted] of Object.entries(packages)) {
    const version = installed.get(name);
    if (version === undefined) throw new Error(`Debian package ${name} is not in the root file system`);
    if (!version.startsWith(wanted)) {
      throw new Error(`Debian package ${name} is ${version}, but the scenarios count on ${wanted}`);
    }
  }
};

export const debian: Part = {
  name: "debian",
  what: `root file system of the hosts: Debian ${suite}, systemd, sshd, Docker, containerd, podman, etcd, Prometheus 2.42`,
  needs: [],
  inputs: () => [suite, JSON.stringify(packages), leftOut.join(), readFileSync(customize, "utf8")],
  build: async (into) => {
    await needTool(into);
    const root = join(into.dir, "root");
    await run(
      [
        ...["nice", "-n", "10", "mmdebstrap", "--mode=root", "--variant=minbase"],
        `--include=${Object.keys(packages).join(",")}`,
        `--aptopt=APT::Install-Recommends "false"`,
        ...leftOut.map((path) => `--dpkgopt=path-exclude=${path}`),
        `--customize-hook=sh ${customize} "$1"`,
        ...[suite, root],
      ],
      { log: into.log, timeoutMs: 1_500_000 },
    );
    await checkVersions(root, into);
  },
};

export const debianRoot = (partDir: string): string => join(partDir, "root");
