// What answers at the S3 endpoint is a web page.
import type { FindingDraft } from "../../../model/finding.ts";
import { bucketWithPath, isAws, s3Settings } from "../../loki-object-store.ts";
import { textRule } from "../../text-rule.ts";

export const rule = textRule({
  id: "loki/object-store-answers-html",
  title: "Loki's S3 endpoint answers with HTML: it is a console or web server, not the S3 API",
  why: "The SDK expects XML. MinIO's console (port 9001), an ingress or a proxy answers with a web page, and the SDK reports SerializationError. Without s3forcepathstyle: true the bucket becomes part of the host name and another server may answer.",
  severity: "critical",
  component: "loki",
  layer: "config",
  nature: "cause",
  effect: "no-data-in",
  texts: [
    "SerializationError: failed to unmarshal",
    "SerializationError: failed to decode",
    "expected element type <Error> but have <html>",
    "deserialization failed, failed to decode response body",
    "S3 API Requests must be made to API port",
  ],
  except: ["WebIdentityErr"],
  uses: ["config.documents"],
  from: ["loki"],
  confirm(hit, facts) {
    if (hit.line.component !== "loki" && !/chunk|loki|index/i.test(hit.line.text)) return {};
    if (bucketWithPath(facts)) return { holds: false };
    const store = s3Settings(facts).find(({ endpoint }) => endpoint && !isAws(endpoint));
    if (!store) return {};
    const isConsole = /:9001\b/.test(store.endpoint ?? "");
    const noStyle = store.pathStyle !== true;
    return {
      ...(isConsole || noStyle || /API port|html/i.test(hit.line.text) ? { holds: true } : {}),
      proof: [store.endpointAt ?? store.at],
      says: `The S3 endpoint ${store.endpoint} ${isConsole ? "is MinIO's console port (the API is on 9000)" : "answers with HTML instead of XML"}${noStyle ? ", and s3forcepathstyle is not true" : ""}: name the API endpoint, s3forcepathstyle: true, and insecure: true for http`,
    };
  },
  says: () =>
    "What answers at Loki's S3 endpoint is not the S3 API (SerializationError): name the API port (MinIO: 9000, not the console's 9001) and set s3forcepathstyle: true",
  fromFiles: (facts) =>
    s3Settings(facts).flatMap((store): FindingDraft[] =>
      /minio[^:/]*:9001\/?$/.test(store.endpoint ?? "")
        ? [
            {
              subject: { kind: "component", id: "loki" },
              says: `The S3 endpoint ${store.endpoint} is MinIO's console port; the S3 API listens on 9000`,
              proof: [store.endpointAt ?? store.at],
              certainty: "likely",
            },
          ]
        : [],
    ),
  decideWith: "curl -s ENDPOINT/ | head -3   # XML: the API; <html>: something else",
  references: [
    "https://github.com/grafana/loki/issues/13751",
    "https://grafana.com/docs/loki/latest/configure/storage/#minio",
  ],
  fix(_finding, facts) {
    const store = s3Settings(facts).find(
      ({ endpoint, doc }) => endpoint && doc.origin === "file" && !isAws(endpoint),
    );
    const summary =
      "Name the API endpoint of the store (MinIO: port 9000) and set s3forcepathstyle: true (insecure: true for plain http)";
    if (!store) return { summary, risk: "disruptive", steps: [{ do: "by-hand", title: summary }] };
    const isValues = store.doc.kind === "helm-values";
    return {
      summary,
      risk: "disruptive",
      steps: [
        {
          do: "edit-document",
          title: "API endpoint and path style",
          file: store.doc.at,
          ...(store.doc.embeddedIn ? { embeddedKey: store.doc.embeddedIn.key } : {}),
          edits: [
            {
              op: "set",
              path: [...store.path, isValues ? "s3ForcePathStyle" : "s3forcepathstyle"],
              value: true,
            },
            ...(/:9001\b/.test(store.endpoint ?? "")
              ? [
                  {
                    op: "set" as const,
                    path: [...store.path, "endpoint"],
                    value: (store.endpoint ?? "").replace(":9001", ":9000"),
                  },
                ]
              : []),
          ],
        },
        { do: "by-hand", title: "Restart Loki" },
      ],
    };
  },
});
