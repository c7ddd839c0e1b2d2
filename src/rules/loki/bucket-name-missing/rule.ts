// The SDK asks for a bucket and gets an empty name.
import { s3Settings } from "../../loki-object-store.ts";
import { textRule } from "../../text-rule.ts";

export const rule = textRule({
  id: "loki/bucket-name-missing",
  title: "Loki has no S3 bucket name: storage_config.aws.bucketnames is not set",
  why: "The bucket comes from bucketnames, or from the path of the s3:// URL. An URL with user, password and host alone names none, and the SDK refuses the request before it is sent: minimum field size of 1, ListObjectsV2Input.Bucket.",
  severity: "critical",
  component: "loki",
  layer: "config",
  nature: "cause",
  effect: "no-data-in",
  texts: [
    "minimum field size of 1, {call}Input.Bucket",
    "missing required field, {call}Input.Bucket",
    "input member Bucket must not be empty",
    "minimum field size of 1, {call}Input.Bucket.",
    "at least one bucket name must be specified",
  ],
  from: ["loki"],
  uses: ["config.documents"],
  confirm(_hit, facts) {
    const store = s3Settings(facts).find(({ bucket }) => bucket === undefined);
    return { holds: true, ...(store ? { proof: [store.at] } : {}) };
  },
  says: ({ line }) =>
    /at least one bucket name/.test(line.text)
      ? "An S3 store is configured without a bucket name (at least one bucket name must be specified): bucketnames of storage_config.aws, common.storage.s3 or ruler.storage.s3 is empty. Where the data lie in GCS, Azure or files, the chart or a leftover block renders an s3 store beside it, mostly ruler.storage"
      : "The S3 client asks for a bucket with an empty name: neither storage_config.aws.bucketnames nor the path of the s3 URL names a bucket (Helm: loki.storage.bucketNames.chunks, ruler, admin)",
  decideWith: "grep -n -A6 'aws:\\|s3:\\|bucket' loki.yaml",
  references: ["https://grafana.com/docs/loki/latest/configure/#aws_storage_config"],
  fix: () => ({
    summary:
      "Set storage_config.aws.bucketnames: BUCKET (or append /BUCKET to the s3 URL; Helm: loki.storage.bucketNames), and create the bucket",
    risk: "disruptive",
    steps: [{ do: "by-hand", title: "Set bucketnames and restart Loki" }],
  }),
});
