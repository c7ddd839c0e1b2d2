// What stands in the way of a deployment is told before anything is changed, on real hosts with real faults; the others are ready.
import { mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Preflight, PreflightResult } from "../../../../src/model/preflight.ts";
import type { Host } from "../../host.ts";
import { lokiImage, nodeExporterImage, prometheusImage2, promtailImage } from "../../parts/images.ts";
import { contains, type HostsStage, hostsDeed, type Scenario, same } from "../../scenario.ts";
import { clear, containers, deploy, deployParts, file, loadImages, model } from "../../stacks/deployed.ts";

type Name = keyof HostsStage["hosts"];

interface Story {
  readonly name: string;
  readonly title: string;
  readonly core?: boolean;
  /** Puts the fault there and registers the way back. */
  readonly fault: (stage: HostsStage) => Promise<unknown>;
  /** Host, check and state of everything that is not ok. */
  readonly loud: readonly string[];
  readonly says: RegExp;
  readonly next: RegExp;
}

const prepare = async (stage: HostsStage): Promise<void> => {
  stage.defer(() => clear(stage));
  writeFileSync(file(stage), model());
};

const look = async (
  stage: HostsStage,
  ...words: string[]
): Promise<Preflight & { readonly code: number }> => {
  const ran = await deploy(stage, "preflight", "--format", "json", ...words);
  if (ran.code > 2) throw new Error(`preflight could not run: ${ran.stderr}`);
  return { ...(JSON.parse(ran.stdout) as Preflight), code: ran.code };
};

const loudOf = ({ results }: Preflight): readonly PreflightResult[] =>
  results.filter(({ state }) => state !== "ok");

const words = (results: readonly PreflightResult[]): string[] =>
  results.map(({ host, check, state }) => `${host} ${check} ${state}`).sort();

/** No listener, no process of ours, no container, no folder. */
const untouched = async (stage: HostsStage, ...names: Name[]): Promise<void> => {
  for (const name of names) {
    same(`containers on ${name}`, await containers(stage, name), {});
    const left = await stage.hosts[name].sh(
      "pgrep -f 'wm[0-9a-f]{24}' || true; ls -d /opt/monitoring 2>/dev/null || true",
    );
    same(`what is left on ${name}`, left, "");
  }
};

const story = ({ name, title, core, fault, loud, says, next }: Story): Scenario =>
  hostsDeed({
    name,
    title,
    core: core ?? false,
    needs: deployParts,
    play: async (stage) => {
      await prepare(stage);
      await loadImages(stage);
      const before = await look(stage);
      same(`before the fault: ${JSON.stringify(loudOf(before))}`, before.code, 0);
      await fault(stage);
      const after = await look(stage);
      const found = loudOf(after);
      same(`what is loud (${found.map((one) => one.says).join("; ")})`, words(found), [...loud].sort());
      same("the exit code", after.code, 1);
      contains("what it says", found.map((one) => one.says).join("\n"), says);
      contains("the next command", found.map((one) => one.next ?? "").join("\n"), next);
      if (found.some(({ proof, check }) => proof.length === 0 && check !== "ssh"))
        throw new Error("a fault without proof");
    },
  });

export const takenPort = async ({ defer }: HostsStage, host: Host): Promise<void> => {
  defer(() => host.sh("systemctl stop squatter; systemctl reset-failed squatter 2>/dev/null || true"));
  await host.sh(
    "mkdir -p /tmp/empty; systemd-run --unit squatter busybox httpd -f -p 9100 -h /tmp/empty; sleep 1",
  );
};

const taken: Story = {
  name: "preflight-port-taken",
  title: "a port that a unit holds is told with the unit, its process and the way out",
  core: true,
  fault: (stage) => takenPort(stage, stage.hosts.jenkins1),
  loud: ["jenkins1 ports stop"],
  says: /port 9100 of jenkins1 is held by squatter\.service \(pid \d+\); node-exporter could not start/,
  next: /systemctl disable --now squatter\.service/,
};

const dropped: Story = {
  name: "preflight-firewall-drops",
  title:
    "a connection that a packet filter drops is told with its rule, in both directions, and only at the host concerned",
  core: true,
  fault: async ({ hosts, defer }) => {
    const rule = "INPUT -s 10.77.0.11/32 -p tcp -m tcp --dport 9100 -j DROP";
    const push =
      "INPUT -s 10.77.0.13/32 -p tcp -m tcp --dport 3100 -j REJECT --reject-with icmp-port-unreachable";
    defer(() => hosts.jenkins1.sh(`iptables -D ${rule}`));
    defer(() => hosts.server.sh(`iptables -D ${push}`));
    await hosts.jenkins1.sh(`iptables -A ${rule}`);
    await hosts.server.sh(`iptables -A ${push}`);
  },
  loud: ["jenkins1 connections stop", "jenkins2 connections stop"],
  says: /10\.77\.0\.12:9100 from server does not get through .*with the rule -A INPUT -s 10\.77\.0\.11\/32 .*-j DROP[\s\S]*10\.77\.0\.11:3100 from jenkins2 .*-j REJECT/,
  next: /iptables -I INPUT -p tcp -s 10\.77\.0\.11 --dport 9100 -j ACCEPT/,
};

export const fullDisk = async ({ hosts, defer }: HostsStage, name: Name): Promise<void> => {
  const host = hosts[name];
  const make = "mkdir -p /opt/monitoring && truncate -s 40M /tmp/small.img && mkfs.ext4 -q /tmp/small.img";
  defer(() => host.sh("umount -l /opt/monitoring; rm -rf /tmp/small.img /opt/monitoring"));
  await host.sh(`${make} && mount -o loop /tmp/small.img /opt/monitoring`);
};

export const otherHostKey = async ({ hosts, defer }: HostsStage): Promise<void> => {
  defer(() =>
    hosts.jenkins2.sh(
      "rm -f /etc/ssh/ssh_host_*; cp -p /var/tmp/kept-keys/* /etc/ssh/; rm -rf /var/tmp/kept-keys; systemctl restart ssh",
    ),
  );
  await hosts.jenkins2.sh(
    "mkdir /var/tmp/kept-keys && cp -p /etc/ssh/ssh_host_* /var/tmp/kept-keys/ && rm /etc/ssh/ssh_host_* && ssh-keygen -q -t ed25519 -N '' -f /etc/ssh/ssh_host_ed25519_key && systemctl restart ssh",
  );
};

const full: Story = {
  name: "preflight-disk-full",
  title: "a full disk under the stack's folder stops that host",
  fault: (stage) => fullDisk(stage, "jenkins2"),
  loud: ["jenkins2 disk stop"],
  says: /\/opt\/monitoring of jenkins2 .* has \d.*free, and at least 100\.0 MB are needed/,
  next: /df -h \/opt\/monitoring/,
};

const otherKey: Story = {
  name: "preflight-wrong-host-key",
  title: "a host whose key has changed is not entered, and the message says how to compare it",
  core: true,
  fault: otherHostKey,
  loud: ["jenkins2 ssh stop"],
  says: /jenkins2 \(10\.77\.0\.13\) cannot be reached: its host key is not/,
  next: /ssh-keyscan/,
};

const dead: Story = {
  name: "preflight-dead-host",
  title: "a host that is off is told once, and delays and hides no other",
  fault: async ({ operator, defer }) => {
    defer(() => operator(["ip", "link", "set", "veth-jenkins1", "up"]));
    await operator(["ip", "link", "set", "veth-jenkins1", "down"]);
  },
  loud: ["jenkins1 ssh stop"],
  says: /jenkins1 \(10\.77\.0\.12\) cannot be reached/,
  next: /ssh|ping/,
};

/** The archives of the rig's parts, as a person would have saved them elsewhere. */
const archives = (stage: HostsStage): string => {
  const folder = join(stage.dir, "images");
  mkdirSync(folder);
  for (const part of [prometheusImage2, nodeExporterImage, lokiImage, promtailImage])
    symlinkSync(part.archive(), join(folder, `${part.ref.replace(/\W/g, "-")}.tar`));
  return folder;
};

const airGapped = hostsDeed({
  name: "preflight-images-from-files",
  title:
    "without a registry images are missing; from files of docker save they are pushed, and the stack comes up with data",
  core: false,
  needs: deployParts,
  play: async (stage) => {
    await prepare(stage);
    for (const host of Object.values(stage.hosts)) await host.sh("docker image prune -af >/dev/null");
    const without = await look(stage);
    same(
      `without images (${loudOf(without)
        .map(({ says }) => says)
        .join("; ")})`,
      words(loudOf(without)),
      ["jenkins1 images stop", "jenkins2 images stop", "server images stop"],
    );
    await untouched(stage, "server", "jenkins1", "jenkins2");
    const folder = archives(stage);
    const from = await look(stage, "--images", folder);
    same(`with files: ${JSON.stringify(loudOf(from))}`, from.code, 0);
    const ran = await deploy(stage, "apply", "--yes", "--images", folder, "--wait", "120");
    same(`exit of apply: ${ran.stdout}\n${ran.stderr}`, ran.code, 0);
    const left = await stage.hosts.jenkins1.sh("ls -d /var/tmp/watchmend-image.* 2>/dev/null || true");
    same("what is left of the files", left, "");
  },
});

const leftOut = hostsDeed({
  name: "preflight-leaves-a-host-out",
  title: "apply leaves out the host whose port is taken, says why, and deploys the others",
  core: false,
  needs: deployParts,
  play: async (stage) => {
    await prepare(stage);
    await loadImages(stage);
    await taken.fault(stage);
    const ran = await deploy(stage, "apply", "--yes", "--format", "json", "--wait", "120");
    same(`exit of apply: ${ran.stdout}\n${ran.stderr}`, ran.code, 1);
    const { hosts } = JSON.parse(ran.stdout) as {
      hosts: { host: string; outcome: string; because?: string }[];
    };
    same(
      `outcomes: ${ran.stdout}`,
      hosts.map(({ host, outcome }) => `${host} ${outcome}`),
      ["jenkins1 refused", "jenkins2 done", "server done"],
    );
    contains("why", hosts[0]?.because ?? "", /port 9100 of jenkins1 is held by squatter\.service/);
    await untouched(stage, "jenkins1");
  },
});

export const scenarios: readonly Scenario[] = [
  story(taken),
  story(dropped),
  story(full),
  story(otherKey),
  story(dead),
  airGapped,
  leftOut,
];
