// A dead NFS server behind a mount: statfs never returns, and neither does the scrape.
import type { Facts } from "../../../model/facts.ts";
import type { ProofDraft } from "../../../model/finding.ts";
import { byHand } from "../../by-hand.ts";
import type { TextHit } from "../../text-hit.ts";
import { type Confirmation, textRule } from "../../text-rule.ts";

const network = /^(nfs4?|cifs|smb3|smbfs|fuse\.(sshfs|s3fs|rclone|glusterfs|ceph)|glusterfs|ceph|9p)$/;

export const rule = textRule({
  id: "node-exporter/hung-mount-stalls-scrape",
  title:
    "A hung network mount (NFS, CIFS) stalls node-exporter's filesystem collector, so the scrape times out",
  why: "The filesystem collector calls statfs on every mount. When the server of an NFS or CIFS mount is gone the call does not return, the scrape takes longer than its time-out and the target is down although host and exporter work. The exporter marks such mounts as stuck after a while.",
  severity: "critical",
  component: "node-exporter",
  layer: "storage",
  nature: "cause",
  effect: "unreachable",
  phase: "run",
  from: ["node-exporter", "prometheus", "host"],
  texts: [
    "Mount point timed out, it is being labeled as stuck and will not be monitored",
    "Mount point…is being labeled as stuck",
    "nfs: server {server} not responding",
    "CIFS: VFS: {server*} has not responded in",
    "context deadline exceeded",
    "scrape context exceeded",
  ],
  uses: ["host.mounts", "metrics.samples", "host.dials", "host.disks"],
  unconfirmed: "silent",
  confirm: (hit, facts) => confirm(hit, facts),
  says: ({ line }) => line.text,
  rivals: [
    {
      rule: "prometheus/target-unreachable",
      tellApart: "there the TCP connection to the port already fails",
    },
    {
      rule: "docker/mtu-too-large",
      tellApart: "there small answers arrive and big ones hang, on every path",
    },
  ],
  decideWith:
    "timeout 5 df -t nfs4 -t nfs -t cifs; curl -s HOST:9100/metrics | grep 'node_scrape_collector_duration_seconds{collector=\"filesystem\"}'",
  references: [
    "https://github.com/prometheus/node_exporter/issues/244",
    "https://github.com/prometheus/node_exporter/blob/master/collector/filesystem_linux.go",
  ],
  fix: () =>
    byHand(
      "Bring the server back or umount -l the dead mount, and leave network file systems out: --collector.filesystem.fs-types-exclude with nfs|nfs4|cifs|smb3|fuse.* added (or --collector.filesystem.mount-points-exclude)",
      "Find the mount that hangs",
      'for m in $(findmnt -rno TARGET -t nfs,nfs4,cifs); do timeout 3 stat -f "$m" >/dev/null || echo "$m hangs"; done',
    ),
});

function confirm(
  hit: TextHit,
  facts: Pick<Facts, "host.mounts" | "metrics.samples" | "host.dials" | "host.disks" | "text.lines">,
): Confirmation {
  const stuck = hit.lines.find((line) => /labeled as stuck/i.test(line.text));
  const kernel = hit.lines.find((line) =>
    /^(?:.*\s)?nfs: server \S+ not responding|has not responded in/i.test(line.text),
  );
  const slow = facts["metrics.samples"].find(
    (sample) =>
      sample.name === "node_scrape_collector_duration_seconds" &&
      sample.labels.collector === "filesystem" &&
      sample.value > 5,
  );
  const mount =
    facts["host.mounts"].find((entry) => network.test(entry.type ?? "")) ??
    facts["host.disks"].find((disk) => network.test(disk.type ?? ""));
  const isTimeout = hit.lines.some(
    (line) => /node|9100/.test(line.text) && /deadline exceeded|context exceeded/i.test(line.text),
  );
  const proof: ProofDraft[] = [...(slow ? [slow.at] : []), ...(mount ? [mount.at] : [])];
  const path =
    stuck?.text.match(/mountpoint="?([^\s"]+)/)?.[1] ??
    (mount && "target" in mount ? mount.target : mount?.mount);
  const where = path ? ` (${path})` : "";
  const hung = facts["host.dials"].find(
    (dial) =>
      /^(?:df|stat|ls|find|timeout)$/.test(dial.tool) &&
      dial.outcome === "timeout" &&
      dial.target.startsWith("/"),
  );
  const behind =
    hung &&
    facts["host.mounts"].find((entry) => entry.target === hung.target && network.test(entry.type ?? ""));
  if (hung && (behind || isTimeout))
    return {
      holds: true,
      proof: [hung.at, ...(behind ? [behind.at] : [])],
      certainty: behind ? "proven" : "likely",
      says: `${hung.tool} of ${hung.target}${behind ? ` (${behind.type} mount of ${behind.source})` : ""} hangs: the network mount does not answer, so statfs in node-exporter's filesystem collector blocks and the scrape times out`,
    };
  if (stuck)
    return {
      holds: true,
      proof,
      says: `The mount${where} does not answer: node-exporter's filesystem collector marks it as stuck and its scrapes stall`,
    };
  if (slow)
    return {
      holds: true,
      proof,
      says: `The filesystem collector of node-exporter takes ${slow.value} s, longer than a scrape may: statfs hangs on a network mount${where}`,
    };
  if (
    kernel &&
    (mount || isTimeout || facts["text.lines"].some((line) => /node[-_]exporter|:9100/.test(line.text)))
  )
    return {
      holds: true,
      proof: [{ ...kernel.at, excerpt: kernel.text }, ...proof],
      certainty: isTimeout ? "proven" : "likely",
      says: `The file server ${kernel.text.match(/server (\S+)/)?.[1] ?? ""} behind a network mount${where} does not respond: statfs hangs there, and with it node-exporter's scrape`,
    };
  return {};
}
