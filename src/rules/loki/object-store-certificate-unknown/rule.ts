// The object store is reached over https, and Loki does not trust what it shows.
import { byHand } from "../../by-hand.ts";
import { s3Settings } from "../../loki-object-store.ts";
import { textRule } from "../../text-rule.ts";

export const rule = textRule({
  id: "loki/object-store-certificate-unknown",
  title:
    "Loki does not trust the certificate of its object store (MinIO, Ceph, a private S3), so no chunk can be stored or read",
  why: "A private S3 shows a certificate of an own CA or for another name. The Loki image knows public CAs only. `insecure: true` of the aws block means plain http and does not switch the check off: that is http_config.insecure_skip_verify, and http_config.ca_file is the right way.",
  severity: "critical",
  component: "loki",
  layer: "tls",
  nature: "cause",
  effect: "no-data-in",
  phase: "run",
  from: ["loki"],
  texts: [
    "x509: certificate signed by unknown authority",
    "x509: certificate is valid for {names*}, not {host}",
    "x509: cannot validate certificate for {address} because",
    "x509: certificate has expired",
    "x509: certificate relies on legacy Common Name",
  ],
  uses: ["config.documents"],
  unconfirmed: "silent",
  confirm: (hit, facts) => {
    const stores = s3Settings(facts);
    const { text } = hit.line;
    const url = /https:\/\/([^\s"\\/]{1,200})/.exec(text)?.[1];
    const known = stores.some(
      ({ endpoint }) => endpoint && url && endpoint.includes(url.split(":")[0] ?? url),
    );
    const isStore =
      known ||
      /chunk|index_|bucket|s3|minio|PutObject|ListObjects|loki_cluster_seed|flush|compactor|\/fake\//i.test(
        text,
      );
    // a line that names no writer must at least name the store Loki is configured with
    if (!isStore || (hit.line.component !== "loki" && !known)) return {};
    const insecure = stores.find((store) => store.insecure);
    const error = /x509: ([^"\\]{1,160})/.exec(text)?.[1]?.trim();
    return {
      holds: true,
      proof: insecure ? [insecure.at] : stores[0] ? [stores[0].at] : [],
      says: `Loki does not trust the certificate of its object store ${url ?? ""} (x509: ${error})${insecure ? "; insecure: true means plain http and does not skip the check: that is http_config.insecure_skip_verify" : ""}: give storage_config.aws.http_config.ca_file the CA of that store`,
    };
  },
  says: ({ line }) => line.text,
  rivals: [
    { rule: "loki/object-store-scheme-wrong", tellApart: "there one side speaks http and the other https" },
    { rule: "loki/object-store-refuses", tellApart: "there the store answers and refuses the keys" },
  ],
  decideWith:
    "openssl s_client -connect STORE:443 -showcerts </dev/null | openssl x509 -noout -issuer -subject -dates",
  references: [
    "https://grafana.com/docs/loki/latest/configure/#aws_storage_config",
    "https://github.com/grafana/helm-charts/issues/1025",
  ],
  fix: () =>
    byHand(
      "Mount the CA of the object store and set storage_config.aws.http_config.ca_file to it (Helm: loki.storage.s3.http_config); for a test only http_config.insecure_skip_verify: true. insecure: true belongs to plain http endpoints",
      "In Loki's configuration, then restart",
    ),
});
