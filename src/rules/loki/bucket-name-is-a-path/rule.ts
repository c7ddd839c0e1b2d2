// A folder behind the name of the bucket.
import type { FindingDraft } from "../../../model/finding.ts";
import { defineRule } from "../../../model/rule.ts";
import { bucketWithPath } from "../../loki-object-store.ts";

export const rule = defineRule({
  id: "loki/bucket-name-is-a-path",
  title: "Loki's bucket name contains a slash: it must be the name of a bucket, not a path inside one",
  why: "bucketnames (Helm: loki.storage.bucketNames) must be valid bucket names. `bucket/folder` is no bucket: the store answers NoSuchBucket, AccessDenied, 404 or a web page, although keys and endpoint are right. Loki gives its objects their own prefixes inside the bucket.",
  severity: "critical",
  component: "loki",
  layer: "config",
  nature: "cause",
  effect: "no-data-in",
  needs: ["config.documents"],
  rivals: [
    {
      rule: "loki/object-store-refuses",
      tellApart: "there the name is a bucket, and keys or rights are wrong",
    },
  ],
  decideWith: "aws --endpoint-url ENDPOINT s3 ls   # the names of the buckets",
  references: [
    "https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html",
    "https://grafana.com/docs/loki/latest/configure/#aws_storage_config",
  ],
  check(facts, stack): readonly FindingDraft[] {
    const bucket = bucketWithPath(facts);
    if (!bucket) return [];
    const loki = stack.components.find(({ kind }) => kind === "loki");
    return [
      {
        subject: { kind: "component", id: loki?.id ?? "loki" },
        ...(loki ? { component: loki.id } : {}),
        says: `The bucket name ${bucket.name} contains a slash, so it is a path and no bucket: name the bucket alone (${bucket.name.split("/")[0]}), or create a separate bucket`,
        proof: [bucket.at],
        certainty: "proven",
      },
    ];
  },
  fix: (finding) => {
    const name = /bucket name (\S+) contains/.exec(finding.says)?.[1] ?? "";
    const summary = `Use a bucket name without a slash (${name.split("/")[0] || "BUCKET"}), one bucket per environment; bucketnames takes no folder`;
    return { summary, risk: "disruptive", steps: [{ do: "by-hand", title: summary }] };
  },
});
