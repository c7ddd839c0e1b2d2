// The object store answers and says no: wrong keys, no right, no bucket.
import type { TextLine } from "../../../model/text.ts";
import { bucketWithPath, renamedAccount, s3Settings } from "../../loki-object-store.ts";
import { textRule } from "../../text-rule.ts";

const causes: readonly (readonly [RegExp, string, string])[] = [
  [/NoSuchBucket/i, "the bucket does not exist (NoSuchBucket)", "Create the bucket, or correct bucketnames"],
  [
    /AuthorizationHeaderMalformed|BucketRegionError|PermanentRedirect|IllegalLocationConstraint/i,
    "the bucket lies in another region than the configuration says",
    "Set the bucket's region (storage_config.aws.region, loki.storage.s3.region) and, for AWS, no endpoint of another region",
  ],
  [
    /ContainerNotFound/i,
    "the Azure container does not exist (ContainerNotFound)",
    "Create the container in the storage account, or correct container_name (chart: loki.storage.bucketNames)",
  ],
  [
    /Error 401: Invalid Credentials/i,
    "Google does not accept the credentials (401 Invalid Credentials), or none reach the pod",
    "Mount a key file of a service account with the right to the bucket (GOOGLE_APPLICATION_CREDENTIALS), or bind a workload identity to Loki's service account",
  ],
  [
    /InvalidAccessKeyId/i,
    "the access key is unknown there (InvalidAccessKeyId)",
    "Correct access_key_id; look whether the key belongs to this endpoint",
  ],
  [
    /SignatureDoesNotMatch/i,
    "the secret key does not belong to the access key (SignatureDoesNotMatch)",
    "Correct secret_access_key (a trailing newline or unescaped / and + are frequent), or the region",
  ],
  [
    /AssumeRoleWithWebIdentity/i,
    "the role's trust policy does not allow this service account (sts:AssumeRoleWithWebIdentity)",
    "Name the service account of Loki in the role's trust policy (system:serviceaccount:NAMESPACE:NAME)",
  ],
  [
    /AuthenticationFailed/i,
    "the account key or signature is not accepted (AuthenticationFailed)",
    "Correct account_name and account_key; look at the clock of the node",
  ],
  [
    /Access ?Denied|status code: 403|StatusCode: 403|PermissionMismatch|storage\.objects\.|googleapi: Error 403/i,
    "the keys or the role have no right to the bucket (AccessDenied)",
    "Allow s3:ListBucket on the bucket and s3:PutObject, s3:GetObject, s3:DeleteObject on its objects",
  ],
];

export const rule = textRule({
  id: "loki/object-store-refuses",
  title: "Loki's object store refuses the requests: wrong keys, missing right or missing bucket",
  why: "The store answers, so network and endpoint are fine, but it refuses: NoSuchBucket, InvalidAccessKeyId, SignatureDoesNotMatch or AccessDenied. Chunks stay in memory and in the WAL, and what has been flushed cannot be read.",
  severity: "critical",
  component: "loki",
  layer: "auth",
  nature: "cause",
  effect: "no-data-in",
  texts: [
    "NoSuchBucket:",
    "InvalidAccessKeyId:",
    "SignatureDoesNotMatch:",
    "api error NoSuchBucket",
    "api error InvalidAccessKeyId",
    "api error SignatureDoesNotMatch",
    "api error AccessDenied",
    "AccessDenied: Access Denied",
    "AccessDenied: User: {who} is not authorized to perform",
    "AccessDenied: {rest*}status code: 403",
    "AuthorizationPermissionMismatch",
    "AuthenticationFailed: Server failed to authenticate the request",
    "does not have storage.objects.{right} access",
    "AccessDenied: Not authorized to perform sts:AssumeRoleWithWebIdentity",
    "The specified bucket does not exist",
    "ContainerNotFound",
    "googleapi: Error 401: Invalid Credentials",
    "googleapi: Error 403: {rest*}",
    "AuthorizationHeaderMalformed:",
    "BucketRegionError:",
    "PermanentRedirect:",
    "api error AuthorizationHeaderMalformed",
    "api error PermanentRedirect",
  ],
  from: ["loki"],
  uses: ["config.documents", "host.versions", "kubernetes.pods"],
  confirm(hit, facts) {
    const isLoki =
      hit.line.component === "loki" ||
      /chunk|index_|loki|flush/i.test(hit.line.text) ||
      isQuotedFrom(hit.line, facts["text.lines"]);
    if (!isLoki || bucketWithPath(facts)) return { holds: false };
    if (/AccessDenied/i.test(hit.line.text) && renamedAccount(hit.component, facts)) return { holds: false };
    const store = s3Settings(facts).find(({ bucket, endpoint }) => bucket ?? endpoint);
    return { holds: true, ...(store ? { proof: [store.at] } : {}) };
  },
  says({ line }) {
    const action = /(?:perform: ?|have )((?:s3|sts|kms):\w+|storage\.objects\.\w+)/.exec(line.text)?.[1];
    const region = /region '([\w-]+)' is wrong; expecting '([\w-]+)'/.exec(line.text);
    if (region)
      return `Loki's object store answers, but refuses: the bucket lies in region ${region[2]}, the configuration says ${region[1]}`;
    return `Loki's object store answers, but refuses: ${causeOf(line.text)[1]}${action ? `; it names ${action}` : ""}`;
  },
  rivals: [
    {
      rule: "loki/object-store-credentials-missing",
      tellApart: "there no keys are found at all: NoCredentialProviders",
    },
    {
      rule: "loki/service-account-renamed",
      tellApart: "after an upgrade of the chart to 6.46 or later the account's name changed",
    },
  ],
  decideWith: "aws --endpoint-url ENDPOINT s3 ls s3://BUCKET   # with the keys or role of Loki",
  references: ["https://grafana.com/docs/loki/latest/configure/storage/"],
  fix: (finding) => {
    const [, , what] = causeOf(finding.says);
    return { summary: what, risk: "safe", steps: [{ do: "by-hand", title: what }] };
  },
});

/** A line quoted alone: the sentences around it say that it is from Loki's log. */
function isQuotedFrom(hit: TextLine, lines: readonly TextLine[]): boolean {
  return (
    hit.component === undefined &&
    lines.some(
      (line) =>
        line.stream === "note" &&
        line.at.source === hit.at.source &&
        /\bloki(?:-\w+)?\b.{0,60}\b(?:log|pod|write|error)/i.test(line.text.slice(0, 2_000)),
    )
  );
}

function causeOf(text: string): readonly [RegExp, string, string] {
  const bucket = /bucket does not exist/i.test(text) ? causes[0] : undefined;
  return (
    bucket ??
    causes.find(([mark]) => mark.test(text)) ?? [
      /./,
      "the request is not allowed",
      "Correct keys, policy and bucket",
    ]
  );
}
