// Container logs without limit.
import type { FindingDraft } from "../../../model/finding.ts";
import { defineRule } from "../../../model/rule.ts";
import { byHand } from "../../by-hand.ts";
import { fullest, isNearlyFull, usedPercent } from "../../disk-space.ts";

const logFile = /(?:^|\/)[0-9a-f]{12,64}-json\.log(?:\.\d+)?$|\/docker\/containers(?:\/|$)/;
const giga = 1024 ** 3;

export const rule = defineRule({
  id: "docker/log-file-fills-disk",
  title: "Docker's container log files (json-file without max-size) fill the disk",
  why: "The json-file driver keeps everything a container ever wrote unless log-opts set max-size. One chatty container fills /var/lib/docker, and all that shares the disk fails with `no space left on device`: Prometheus' WAL, Loki's flush, Grafana's database.",
  severity: "critical",
  component: "docker",
  layer: "storage",
  nature: "cause",
  effect: "host-down",
  phase: "run",
  needs: ["host.files"],
  uses: ["host.disks", "docker.containers", "docker.engines", "text.lines"],
  rivals: [
    { rule: "prometheus/volume-full", tellApart: "there Prometheus' own data is what fills the volume" },
  ],
  decideWith:
    "du -sh /var/lib/docker/containers/*/*-json.log | sort -h | tail; df -h /var/lib/docker; cat /etc/docker/daemon.json",
  references: [
    "https://docs.docker.com/engine/logging/drivers/json-file/",
    "https://docs.docker.com/engine/logging/configure/",
  ],
  check(facts) {
    const logs = facts["host.files"].filter((file) => logFile.test(file.path) && (file.size ?? 0) >= giga);
    const biggest = logs.reduce<(typeof logs)[number] | undefined>(
      (best, file) => ((file.size ?? 0) > (best?.size ?? 0) ? file : best),
      undefined,
    );
    if (!biggest?.size) return [];
    const disk = fullest(
      facts["host.disks"].filter((entry) => entry.unit === "bytes" && entry.container === undefined),
    );
    const isFull = disk !== undefined && isNearlyFull(disk);
    const complaint = facts["text.lines"].findLast(
      (line) => /no space left on device/i.test(line.text) && !/inotify/.test(line.text),
    );
    const share = disk?.size ? biggest.size / disk.size : 0;
    if (disk && !isFull && !complaint) return [];
    if (!isFull && !complaint && biggest.size < 20 * giga) return [];
    if (isFull && share > 0 && share < 0.2) return [];
    const id =
      biggest.path.match(/([0-9a-f]{12,64})-json\.log/)?.[1] ??
      biggest.path.match(/containers\/([0-9a-f]{12,64})/)?.[1];
    const container = facts["docker.containers"].find(
      (entry) => entry.id !== undefined && id?.startsWith(entry.id.slice(0, 12)),
    );
    const finding: FindingDraft = {
      subject: { kind: "host", id: biggest.host ?? "host" },
      says: `The log of container ${container?.name ?? id?.slice(0, 12) ?? ""} (${biggest.path}) is ${(biggest.size / giga).toFixed(1)} GiB${disk && isFull ? ` and the disk at ${disk.mount} is ${usedPercent(disk)} % full` : ""}: json-file logs have no max-size`,
      proof: [
        biggest.at,
        ...(disk && isFull ? [disk.at] : []),
        ...(complaint ? [{ ...complaint.at, excerpt: complaint.text }] : []),
      ],
      certainty: isFull ? "proven" : "likely",
    };
    return [finding];
  },
  fix: (finding) =>
    byHand(
      `truncate -s 0 the log file (never rm it while it is open), then "log-driver": "json-file", "log-opts": {"max-size": "20m", "max-file": "3"} in /etc/docker/daemon.json (or logging: in compose) and recreate the containers: the limit is not applied to existing ones`,
      "On the host",
      `truncate -s 0 ${finding.says.match(/\((\/\S+-json\.log)\)/)?.[1] ?? "/var/lib/docker/containers/ID/ID-json.log"}`,
    ),
});
