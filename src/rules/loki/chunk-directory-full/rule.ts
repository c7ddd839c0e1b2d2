// ext4 says ENOSPC when the hash tree of one directory is full, with room everywhere else.
import { isNearlyFull } from "../../disk-space.ts";
import { textRule } from "../../text-rule.ts";

export const rule = textRule({
  id: "loki/chunk-directory-full",
  title:
    "Loki's chunks directory holds more files than ext4's directory index can: no space left on device with free space and inodes",
  why: "The filesystem store writes every chunk as a file into one directory. ext4's directory index (dir_index) has two levels; with some millions of long names a hash bucket is full and the kernel answers ENOSPC for new names, although df and df -i show plenty of room. dmesg says: Directory index full, reach max htree level.",
  severity: "critical",
  component: "loki",
  layer: "storage",
  nature: "cause",
  effect: "no-data-in",
  texts: [
    "open {path*}/chunks/{name}: no space left on device",
    "Directory index full, reach max htree level",
  ],
  from: "any",
  uses: ["host.disks"],
  unconfirmed: "silent",
  confirm({ line }, facts) {
    if (/htree level/i.test(line.text)) return { holds: true };
    const disks = facts["host.disks"];
    const bytes = disks.filter(({ unit }) => unit === "bytes");
    const inodes = disks.filter(({ unit }) => unit === "inodes");
    if (bytes.length === 0 || inodes.length === 0) return {};
    if (disks.some((disk) => isNearlyFull(disk))) return { holds: false };
    return {
      holds: true,
      certainty: "likely",
      proof: [bytes[0], inodes[0]].flatMap((disk) => (disk ? [disk.at] : [])),
    };
  },
  says: () =>
    "Chunks cannot be created (no space left on device) although df and df -i show free space and inodes: the ext4 directory index (htree) of the one chunks directory is full; enable large_dir (tune2fs -O large_dir), use XFS or an object store",
  rivals: [{ rule: "loki/disk-full", tellApart: "there df or df -i shows 100 %" }],
  decideWith:
    "dmesg | grep -i 'directory index full'; ls -f CHUNKS | wc -l; tune2fs -l DEVICE | grep features",
  references: [
    "https://github.com/grafana/loki/issues/1502",
    "https://man7.org/linux/man-pages/man5/ext4.5.html",
  ],
  fix: () => ({
    summary:
      "tune2fs -O large_dir DEVICE (kernel 4.13 or later), or move the chunks to XFS or an object store; retention and larger chunks (chunk_idle_period, chunk_target_size) keep the number of files down",
    risk: "disruptive",
    steps: [
      {
        do: "by-hand",
        title: "See whether it is the directory",
        command: "dmesg | grep -i 'directory index full'",
      },
    ],
  }),
});
