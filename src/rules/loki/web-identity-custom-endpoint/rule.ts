// A role of AWS on a pod whose store is not AWS.
import { isAws, s3Settings } from "../../loki-object-store.ts";
import { textRule } from "../../text-rule.ts";

export const rule = textRule({
  id: "loki/web-identity-custom-endpoint",
  title: "Loki asks the custom S3 endpoint for an AWS role's token (WebIdentityErr), which it cannot give",
  why: "AWS_WEB_IDENTITY_TOKEN_FILE is set by the role annotation of the service account, so the SDK wants a token from STS. With a custom endpoint it sends that request to MinIO or an ingress, which answers 405 or HTML: WebIdentityErr, SerializationError. A store that is not AWS needs static keys.",
  severity: "critical",
  component: "loki",
  layer: "auth",
  nature: "cause",
  effect: "no-data-in",
  texts: ["WebIdentityErr: failed to retrieve credentials"],
  except: ["AccessDenied"],
  uses: ["config.documents"],
  unconfirmed: "silent",
  confirm(hit, facts) {
    const custom = s3Settings(facts).find(({ endpoint }) => endpoint && !isAws(endpoint));
    if (custom)
      return {
        holds: true,
        proof: [custom.endpointAt ?? custom.at],
        says: `The S3 endpoint is ${custom.endpoint}, not AWS, but the pod has an AWS role (web identity): the token is asked there and refused (WebIdentityErr). Set access_key_id and secret_access_key, or take the role annotation away`,
      };
    return /SerializationError|status code: 405|Method ?Not ?Allowed/i.test(hit.line.text)
      ? { holds: true, certainty: "likely" }
      : {};
  },
  says: () =>
    "The SDK sends the token request of an AWS role (web identity) to an endpoint that is not STS: static keys for a store that is not AWS, or no role annotation",
  rivals: [
    { rule: "loki/object-store-credentials-missing", tellApart: "there neither keys nor a role are found" },
    {
      rule: "loki/object-store-answers-html",
      tellApart: "there S3 requests themselves are answered with HTML",
    },
  ],
  decideWith: "kubectl -n NAMESPACE exec LOKI -- env | grep AWS_WEB_IDENTITY_TOKEN_FILE",
  references: ["https://github.com/grafana/loki/issues/10657", "https://github.com/grafana/loki/issues/5941"],
  fix: () => ({
    summary:
      "Set access_key_id and secret_access_key for the custom endpoint and remove the role annotation (eks.amazonaws.com/role-arn) from the service account, or set sts_endpoint",
    risk: "disruptive",
    steps: [
      {
        do: "by-hand",
        title: "Take the annotation away, then restart Loki",
        command: "kubectl -n NAMESPACE annotate serviceaccount LOKI eks.amazonaws.com/role-arn-",
      },
    ],
  }),
});
