// The newest file of mapped head chunks is cut off: the storage does not open.
import { textRule } from "../../text-rule.ts";

export const rule = textRule({
  id: "prometheus/head-chunk-corrupt",
  title: "A file in chunks_head is damaged, so Prometheus' storage does not open",
  why: "The head's chunks are written to mapped files in chunks_head. A full disk, a lost machine or a killed node leaves the newest of them empty or cut off. Versions before 2.20 do not start with it; later ones repair most cases, but not a file whose header is missing (invalid magic number 0).",
  severity: "critical",
  component: "prometheus",
  layer: "storage",
  nature: "cause",
  effect: "down",
  phase: "storage",
  texts: [
    "opening storage failed: {path}chunks_head/{file}: invalid magic number",
    "opening storage failed…chunks_head/{file}: {what*}",
    "opening storage failed: mmap files, file: {path}: {what*}",
    "chunks_head/{file}: invalid magic number",
  ],
  except: ["no space left on device", "permission denied", "read-only file system"],
  recoveredBy: ["Server is ready to receive web requests"],
  says: ({ line }) => {
    const file = /(\S*chunks_head\/\d{1,10})/.exec(line.text)?.[1]?.replace(/^["'(]+/, "");
    return `${file ?? "A file in chunks_head"} is damaged (a full disk or a hard stop cut it off): the storage does not open. Move that file away`;
  },
  rivals: [
    {
      rule: "prometheus/wal-corrupt",
      tellApart: "there the message names a segment or a checkpoint of the WAL",
    },
    {
      rule: "prometheus/block-content-corrupt",
      tellApart: "there a block with a ULID is named, and Prometheus runs",
    },
  ],
  decideWith: "ls -l DATA_DIRECTORY/chunks_head; df -h DATA_DIRECTORY",
  references: [
    "https://github.com/prometheus/prometheus/issues/7397",
    "https://github.com/prometheus/prometheus/pull/7338",
  ],
  fix: () => ({
    summary:
      "With Prometheus stopped, move the named file of chunks_head away (keep a copy): at most the newest hours of it are lost. See first that the disk has room",
    risk: "destructive",
    steps: [
      {
        do: "by-hand",
        title: "Look at the files and the room on the disk",
        command: "ls -l DATA_DIRECTORY/chunks_head; df -h DATA_DIRECTORY",
      },
    ],
  }),
});
