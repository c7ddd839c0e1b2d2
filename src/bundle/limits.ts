// How much is looked at. Evidence comes from strangers: every number here keeps one kind of bomb or accident bounded.

const MiB = 1024 * 1024;

export const limits = {
  /** Larger texts are handed over as a stream: the log scanner reads them in constant memory. */
  wholeTextBytes: 16 * MiB,
  /** One JSON or YAML document has to be held to be parsed (`kubectl get pods -A -o json` of 5,000 pods is about 50 MB). */
  wholeDocumentBytes: 128 * MiB,
  /** How much of a file is looked at to tell text from binary. */
  sniffBytes: 64 * 1024,
  /** Nobody saves more than this as one text; beyond it is a disk image or a runaway log. */
  sourceBytes: 64 * 1024 * MiB,
  /** Files of one evidence set. A whole /var/lib/docker has more; pointing at it is a mistake that must not run for hours. */
  files: 100_000,
  /** Outputs in one paste; a text with more prompts than that was made by a program. */
  segments: 20_000,
  /** Lines of one document that is held whole. */
  documentLines: 5_000_000,
  /** Folders within folders. Deeper trees are loops made by mounts. */
  depth: 64,
  /** Archives in archives in archives. */
  archiveDepth: 3,
  /** Unpacked bytes of all archives together. Real support bundles stay below a few GiB. */
  unpackedBytes: 8 * 1024 * MiB,
  /** Logs compress 10 to 50 times; a member that grows 400 times and is large is a bomb. */
  unpackRatio: 400,
  /** The ratio is judged only beyond this size: 10 MB of equal lines are harmless. */
  ratioFromBytes: 32 * MiB,
  /** Entries of one archive. */
  archiveEntries: 100_000,
  /** An archive inside an archive is unpacked to a temporary file beyond this size. */
  spoolBytes: 16 * MiB,
  /** More gaps than this with one reason (a TSDB's chunks, say) are told as one. */
  gapsAlike: 20,
  /** A manifest lists one line per command; beyond this size it is not one of ours. */
  manifestBytes: 64 * MiB,
} as const;
