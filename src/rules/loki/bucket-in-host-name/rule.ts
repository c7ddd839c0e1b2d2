// Virtual-hosted style: the bucket's name becomes part of the host name, which only AWS resolves.
import { isAws, s3Settings } from "../../loki-object-store.ts";
import { textRule } from "../../text-rule.ts";

export const rule = textRule({
  id: "loki/bucket-in-host-name",
  title:
    "Loki puts the bucket name in front of the S3 endpoint's host name (virtual-hosted style), and that name does not resolve",
  why: "Without s3forcepathstyle: true the SDK asks for https://BUCKET.ENDPOINT/. AWS has a record for every bucket; MinIO, Ceph and other stores have one for the endpoint only, so the lookup ends with no such host although the endpoint itself resolves.",
  severity: "critical",
  component: "loki",
  layer: "config",
  nature: "cause",
  effect: "no-data-in",
  texts: ["dial tcp: lookup {host} on {server}: no such host", "dial tcp: lookup {host}: no such host"],
  from: ["loki"],
  uses: ["config.documents"],
  unconfirmed: "silent",
  confirm({ captures, line }, facts) {
    const host = (captures.host ?? "").toLowerCase();
    if (!/https?:\/\//.test(line.text) || /amazonaws\.com/.test(host)) return { holds: false };
    const stores = s3Settings(facts).filter(({ endpoint }) => endpoint && !isAws(endpoint));
    const store = stores.find(({ endpoint }) => host.endsWith(`.${hostOf(endpoint ?? "")}`));
    if (store)
      return store.pathStyle === true
        ? { holds: false }
        : {
            holds: true,
            proof: [store.endpointAt ?? store.at],
            says: says(host, hostOf(store.endpoint ?? "")),
          };
    const isStoreRequest =
      /store put chunk|failed to flush|list(?:ing)? objects|RequestError: send request failed/i.test(
        line.text,
      );
    const [bucket = "", ...rest] = host.split(".");
    // The chart's default names, and what people call such buckets: a host name begins otherwise.
    const isBucket = /^(?:chunks|ruler|admin|[\w-]+-(?:chunks?|ruler|admin|bucket))$/.test(bucket);
    if (!isStoreRequest || !isBucket || rest.length < 2 || stores.length > 0) return {};
    return { holds: true, certainty: "likely", says: says(host, rest.join(".")) };
  },
  says: ({ captures }) => says(captures.host ?? "", "the endpoint"),
  rivals: [
    { rule: "kubernetes/service-name-wrong", tellApart: "there the endpoint's own name does not resolve" },
  ],
  decideWith: "getent hosts ENDPOINT; getent hosts BUCKET.ENDPOINT; grep -i forcepathstyle loki.yaml",
  references: [
    "https://grafana.com/docs/loki/latest/configure/storage/#minio",
    "https://docs.aws.amazon.com/AmazonS3/latest/userguide/VirtualHosting.html",
  ],
  fix: () => ({
    summary:
      "Set s3forcepathstyle: true (Helm: loki.storage.s3.s3ForcePathStyle: true), and the real bucket names in bucketnames (Helm: loki.storage.bucketNames)",
    risk: "disruptive",
    steps: [{ do: "by-hand", title: "Set s3forcepathstyle: true and restart Loki" }],
  }),
});

function says(host: string, endpoint: string): string {
  return `Loki asks for ${host}: the bucket name ${host.split(".")[0]} in front of ${endpoint} (virtual-hosted style), which no name server knows; set s3forcepathstyle: true and check bucketnames`;
}

function hostOf(endpoint: string): string {
  return endpoint
    .toLowerCase()
    .replace(/^\w+:\/\//, "")
    .replace(/[:/].*$/, "");
}
