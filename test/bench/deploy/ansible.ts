// ansible-playbook as a peer of `apply`: installed once from the package index into the rig's cache, and a playbook with the same outcome.
import { spawnSync } from "node:child_process";
import { chmodSync, existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Bind, Host } from "../../rig/host.ts";
import { nodeExporterImage, promtailImage } from "../../rig/parts/images.ts";
import { cacheRoot } from "../../rig/process/paths.ts";

const wanted = ["ansible==12.3.0", "ansible-core==2.19.14", "mitogen==0.3.54", "requests"] as const;
const folderName = "ansible-12.3.0-2";
const onHost = "/opt/bench-python";

export interface Ansible {
  readonly program: string;
  readonly mitogen: string;
  /** The whole Python that its modules need on the hosts, whose own is the minimal one. */
  readonly binds: readonly Bind[];
  readonly version: string;
}

export function ansible(): Ansible | { readonly why: string } {
  const python = text("python3", ["-c", "import sys; print(sys.base_prefix)"]);
  if (python === undefined) return { why: "python3 is not installed here" };
  const folder = join(cacheRoot, folderName);
  const program = join(folder, "bin", "ansible-playbook");
  if (!existsSync(program)) {
    mkdirSync(cacheRoot, { recursive: true });
    spawnSync("python3", ["-m", "venv", folder], { stdio: "ignore" });
    const installed = spawnSync(join(folder, "bin", "pip"), ["install", "-q", ...wanted], {
      stdio: ["ignore", "ignore", "pipe"],
    });
    if (installed.status !== 0)
      return { why: `pip cannot install it: ${installed.stderr?.toString().trim().slice(-200) ?? ""}` };
  }
  const version = text(program, ["--version"])?.split("\n")[0] ?? "";
  const packages = text(join(folder, "bin", "python"), [
    "-c",
    "import sysconfig; print(sysconfig.get_paths()['purelib'])",
  ]);
  if (packages === undefined) return { why: "its Python does not run" };
  // Only what the docker modules import there.
  const wrapper = join(folder, "host-python");
  const name =
    text("python3", ["-c", "import sys; print('python%d.%d' % sys.version_info[:2])"]) ?? "python3";
  writeFileSync(
    wrapper,
    `#!/bin/sh\nLD_LIBRARY_PATH=${onHost}/lib PYTHONPATH=/opt/parts/${folderName}/lib/${name}/site-packages exec ${onHost}/bin/${name} "$@"\n`,
  );
  chmodSync(wrapper, 0o755);
  return {
    program,
    mitogen: join(packages, "ansible_mitogen", "plugins", "strategy"),
    binds: [{ from: python, to: onHost, readOnly: true }],
    version: `${version}, ${wanted[2]}`,
  };
}

export const ways = ["default", "tuned", "mitogen"] as const;
export type Way = (typeof ways)[number];

/** An inventory, a configuration per way, and the playbook. */
export function playbookFor(
  { mitogen }: Ansible,
  folder: string,
  hosts: readonly Host[],
  promtail: string,
): (way: Way) => { readonly env: string; readonly words: readonly string[] } {
  const lines = hosts.map(({ name, address }) => `${name} ansible_host=${address}`);
  writeFileSync(
    join(folder, `hosts-${hosts.length}.ini`),
    `[agents]\n${lines.join("\n")}\n[agents:vars]\nansible_user=root\nansible_python_interpreter=/opt/parts/${folderName}/host-python\n`,
  );
  writeFileSync(join(folder, "promtail.yaml.j2"), promtail);
  writeFileSync(join(folder, "site.yml"), playbook);
  const tuned = `[defaults]
forks = ${hosts.length}
gathering = explicit
stdout_callback = minimal
host_key_checking = True
[ssh_connection]
pipelining = True
ssh_args = -o ControlMaster=auto -o ControlPersist=60s
`;
  writeFileSync(join(folder, "default.cfg"), "[defaults]\ngathering = explicit\n");
  writeFileSync(join(folder, `tuned-${hosts.length}.cfg`), tuned);
  writeFileSync(
    join(folder, `mitogen-${hosts.length}.cfg`),
    tuned.replace("[defaults]\n", `[defaults]\nstrategy_plugins = ${mitogen}\nstrategy = mitogen_linear\n`),
  );
  return (way) => ({
    env: `ANSIBLE_CONFIG=${join(folder, way === "default" ? "default.cfg" : `${way}-${hosts.length}.cfg`)}`,
    words: ["-i", join(folder, `hosts-${hosts.length}.ini`), join(folder, "site.yml")],
  });
}

const container = (name: string, image: string, more: string): string => `
    - name: container ${name}
      community.docker.docker_container:
        name: ${name}
        image: ${image}
        pull: never
        network_mode: host
        restart_policy: unless-stopped
        comparisons: {'*': strict, env: allow_more_present, labels: allow_more_present, networks: ignore}
        log_driver: json-file
        log_options: {max-size: 10m, max-file: "3"}
${more}`;

const playbook = `- hosts: agents
  gather_facts: false
  vars: {exporter_port: 9100}
  tasks:
    - name: folders
      ansible.builtin.file: {path: "{{ item }}", state: directory, mode: "0755"}
      loop: [/opt/monitoring, /opt/monitoring/promtail, /opt/monitoring/data/promtail]
    - name: configuration of Promtail
      ansible.builtin.template: {src: promtail.yaml.j2, dest: /opt/monitoring/promtail/promtail.yaml, mode: "0644"}
      register: config
${container(
  "bench-node-exporter",
  nodeExporterImage.ref,
  `        pid_mode: host
        user: "65534:65534"
        read_only: true
        cap_drop: [ALL]
        command: ["--path.rootfs=/host", "--web.listen-address={{ ansible_host }}:{{ exporter_port }}", --no-collector.systemd, --no-collector.textfile]
        volumes: ["/:/host:ro,rslave"]`,
)}
${container(
  "bench-promtail",
  promtailImage.ref,
  `        restart: "{{ config.changed }}"
        command: [-config.file=/etc/promtail/promtail.yaml]
        volumes: ["/opt/monitoring/promtail:/etc/promtail:ro", "/opt/monitoring/data/promtail:/var/lib/promtail", "/var/run/docker.sock:/var/run/docker.sock:ro"]`,
)}
    - name: both answer
      ansible.builtin.uri: {url: "{{ item }}"}
      loop: ["http://{{ ansible_host }}:{{ exporter_port }}/metrics", "http://{{ ansible_host }}:9080/metrics"]
      register: answer
      until: answer.status == 200
      retries: 60
      delay: 1
`;

function text(program: string, args: readonly string[]): string | undefined {
  const ran = spawnSync(program, args, { stdio: ["ignore", "pipe", "ignore"] });
  return ran.status === 0 ? ran.stdout.toString().trim() : undefined;
}
