// docs/live-hosts.md: what is run on hosts, made from the lists that the batches are made from.

import { type AskedOnHosts, askedOfEveryHost, askedOfTheStack } from "../src/targets/host/asked.ts";
import { neverRead } from "../src/targets/host/component-knowledge.ts";

const cell = (text: string): string => text.replaceAll("|", "\\|");
const table = (rows: readonly AskedOnHosts[]): string =>
  [
    "| what is run | why | as |",
    "| --- | --- | --- |",
    ...rows.map(({ command, why, as }) => `| \`${cell(command)}\` | ${cell(why)} | ${as} |`),
  ].join("\n");

export function liveHostsPage(): string {
  return `# Live hosts

\`\`\`
watchmend diagnose --host server --host ops@jenkins1 --host jenkins2:2222
watchmend collect --host local -o incident.tar.gz
\`\`\`

\`--host\` takes \`[user@]name[:port]\` or an alias of ~/.ssh/config and may be repeated; \`--host local\` is the machine watchmend runs on, without
ssh. \`--ssh-config FILE\` and \`--identity FILE\` go to ssh. Give every host of the stack: connections are tried from the side that needs them,
and laid against what is seen on the other side.

## How a host is read

- The system's own \`ssh\` does it, so ~/.ssh/config, jump hosts, agents and known_hosts hold. There is no password prompt (BatchMode).
- A host key that is unknown or has changed is refused, and the message says how to compare the fingerprint. No option of watchmend accepts it.
- One connection per host and at most three commands over it: a first batch of questions, a second one about what the first showed,
  and the connections that the stack depends on. A node of a cluster that is read in the same run is asked once more: who owns the
  folders that its pods keep their data in. The scripts go in by stdin and write nothing on the host; every command in them has a time limit
  (\`--timeout\`) and a size limit. The connection ends with watchmend, and 20 seconds later even if watchmend is killed.
- All hosts are read at the same time. At most six connect at once, so that sshd's MaxStartups (also that of a jump host) is not
  reached, and one that is turned away tries again. A dead host delays nobody.
- What could not be seen is told in the report, with the command that would show it.

## Rights

| user | what is seen |
| --- | --- |
| in the group \`docker\` | everything but the packet filter, the kernel's log, names of foreign processes behind ports, and owners below folders that are closed to him |
| with \`sudo\` without a password | everything; \`sudo -n true\` is asked once, and \`sudo\` only where the table says root |
| root | everything |
| neither | the host itself: addresses, ports, disks, clock, units. Containers become a gap of the report |

Without the packet filter a healthy stack is still called healthy: its connections are seen to work. A connection that is dropped is found
either way; which rule drops it takes root.

Instead of Docker, \`podman\` is used where there is no \`docker\`; with sudo also that of root.

## What is run on every host

${table(askedOfEveryHost())}

Packet filters that are not installed are not missed. The clock is compared with ours around the round trip, to half of its length.

## What is run for the parts of the stack

Here with a Prometheus whose configuration is mounted, a Loki whose configuration lies in its image, and Debian's node-exporter as examples. Logs
are read of the stack's containers and units, and of containers that restart, are unhealthy or ended with an error.

${table(askedOfTheStack())}

Configuration is read below the mounted path, four folders deep, in files up to 1 MiB with the usual endings. Where \`curl\` is missing,
\`wget\` is used.

## Connections that are tried

Only those that nothing has shown to work: targets that Prometheus does not call up (or, when it does not answer, those of its
configuration), its Alertmanagers, where agents push to, Grafana's data sources. They are tried from inside the container's network, with its
own name servers and /etc/hosts: as root with the host's \`curl\` (\`nsenter\`), otherwise with the image's \`wget\`. Only \`GET\` is
asked, of \`/ready\` or what is scraped anyway. Names in them are asked of the name servers that the component would ask (\`dig\` or \`nslookup\`).

## What is never read

- Files named like ${neverRead.map((name) => `\`${name}\``).join(", ")}; files that are not text.
- Environment files, Docker's secrets and credential helpers, ssh keys, shell histories.
- Anything that changes something: no container is started, stopped or entered with a shell, no file is written.

Passwords and tokens in configuration, environment and logs are removed before anything is judged, printed or saved.
`;
}
