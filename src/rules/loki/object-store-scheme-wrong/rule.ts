// Loki speaks https to a store that speaks http.
import { s3Settings } from "../../loki-object-store.ts";
import { textRule } from "../../text-rule.ts";

export const rule = textRule({
  id: "loki/object-store-scheme-wrong",
  title: "Loki speaks HTTPS to an S3 endpoint that speaks plain HTTP: insecure: true is missing",
  why: "Without insecure: true (or http:// in the endpoint) Loki connects to the object store with TLS. A MinIO without certificates answers in plain HTTP, and nothing can be stored: server gave HTTP response to HTTPS client.",
  severity: "critical",
  component: "loki",
  layer: "tls",
  nature: "cause",
  effect: "no-data-in",
  texts: ["http: server gave HTTP response to HTTPS client"],
  from: ["loki"],
  uses: ["config.documents"],
  unconfirmed: "silent",
  confirm(hit, facts) {
    const isStore = /bucket|chunk|s3|minio|PutObject|ListObjects|RequestError|object/i.test(hit.line.text);
    if (hit.line.component !== "loki" || !isStore) return {};
    const store = s3Settings(facts).find(({ endpoint }) => endpoint);
    if (store?.insecure === true && !/^https:/.test(store.endpoint ?? "")) return { holds: false };
    return store
      ? {
          holds: true,
          proof: [store.endpointAt ?? store.at],
          says: `The S3 endpoint ${store.endpoint} speaks plain HTTP, and Loki uses HTTPS because insecure is not true: set insecure: true`,
        }
      : { holds: true, certainty: "likely" };
  },
  says: () => "The S3 endpoint speaks plain HTTP and Loki uses HTTPS: set insecure: true in the s3 block",
  decideWith: "curl -sI http://ENDPOINT/ | head -1",
  references: ["https://grafana.com/docs/loki/latest/configure/storage/#minio"],
  fix(_finding, facts) {
    const store = s3Settings(facts).find(({ endpoint, doc }) => endpoint && doc.origin === "file");
    const summary = "Set insecure: true in Loki's s3 block (plain HTTP), or give the store a certificate";
    return {
      summary,
      risk: "disruptive",
      steps: store
        ? [
            {
              do: "edit-document",
              title: "Plain HTTP for this endpoint",
              file: store.doc.at,
              ...(store.doc.embeddedIn ? { embeddedKey: store.doc.embeddedIn.key } : {}),
              edits: [{ op: "set", path: [...store.path, "insecure"], value: true }],
            },
            { do: "by-hand", title: "Restart Loki" },
          ]
        : [{ do: "by-hand", title: summary }],
    };
  },
});
