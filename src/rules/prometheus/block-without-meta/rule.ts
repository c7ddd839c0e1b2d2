// One block directory without (or with an empty) meta.json keeps the whole storage closed.
import { textRule } from "../../text-rule.ts";

export const rule = textRule({
  id: "prometheus/block-without-meta",
  title: "A TSDB block has no readable meta.json, left by an interrupted deletion or compaction",
  why: "Each block directory is described by its meta.json. If a deletion or compaction was cut off, or the file system does not keep POSIX order (NFS, EFS, power loss), the directory stays without it and older versions refuse to open the storage. The other blocks are fine.",
  severity: "critical",
  component: "prometheus",
  layer: "storage",
  nature: "cause",
  effect: "down",
  phase: "storage",
  texts: [
    "opening storage failed: block dir: {dir*}: open {file}/meta.json: no such file or directory",
    "opening storage failed…{file}/meta.json: no such file or directory",
    "opening storage failed…meta.json…unexpected end of JSON input",
    "opening storage failed…unexpected end of JSON input",
  ],
  recoveredBy: ["Server is ready to receive web requests"],
  says: ({ captures }) =>
    `Block ${captures.file ?? "directory"} has no usable meta.json, so the storage does not open`,
  rivals: [
    {
      rule: "prometheus/block-content-corrupt",
      tellApart: "there the storage opens and only queries over that time range fail",
    },
  ],
  decideWith: "ls -l DATA_DIRECTORY/*/meta.json",
  references: [
    "https://github.com/prometheus/prometheus/issues/7090",
    "https://github.com/prometheus/prometheus/issues/3534",
  ],
  fix: ({ proof }) => ({
    summary: `Move that one block directory away (its time range is lost), then look at the storage below it`,
    risk: "destructive",
    steps: [
      {
        do: "by-hand",
        title: `The block named in ${proof[0]?.source ?? "the log"}`,
        command: "mv DATA_DIRECTORY/BLOCK_ULID /somewhere/safe/",
      },
    ],
  }),
});
