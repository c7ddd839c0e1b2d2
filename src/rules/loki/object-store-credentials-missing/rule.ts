// Nobody gave Loki keys or a role for its bucket.
import { renamedAccount, s3Settings } from "../../loki-object-store.ts";
import { textRule } from "../../text-rule.ts";

export const rule = textRule({
  id: "loki/object-store-credentials-missing",
  title: "Loki has no credentials for its object store: neither keys nor a role reach the pod",
  why: "The AWS SDK looks for keys in the configuration, in the environment and behind the pod's role; Google's looks for default credentials. Where none is there (Secret not mounted, variable not expanded, role annotation missing on the service account) chunks cannot be flushed: the WAL grows, recent queries still work, a restart may lose data.",
  severity: "critical",
  component: "loki",
  layer: "auth",
  nature: "cause",
  effect: "no-data-in",
  phase: "run",
  texts: [
    "NoCredentialProviders: no valid providers in chain",
    "failed to refresh cached credentials",
    "no EC2 IMDS role found",
    "static credentials are empty",
    "could not find default credentials",
    "DefaultAzureCredential: failed to acquire a token",
  ],
  except: ["AssumeRoleWithWebIdentity"],
  uses: ["config.documents", "host.versions", "kubernetes.pods"],
  confirm(hit, facts) {
    if (renamedAccount(hit.component, facts)) return { holds: false };
    const stores = s3Settings(facts);
    const bare = stores.find(({ hasKeys }) => !hasKeys);
    if (/default credentials|DefaultAzure/i.test(hit.line.text)) return { holds: true };
    if (stores.length > 0 && !bare) return {};
    return bare
      ? {
          holds: true,
          proof: [bare.at],
          says: `${bare.path.join(".")} names ${bare.bucket ? `the bucket ${bare.bucket}` : "a bucket"} but no access_key_id and secret_access_key, and the SDK finds no role or environment keys either: chunks cannot be stored`,
        }
      : { holds: true };
  },
  says: ({ line }) =>
    /default credentials/i.test(line.text)
      ? "Loki finds no Google credentials for its bucket: no key file (GOOGLE_APPLICATION_CREDENTIALS) and no workload identity on its service account"
      : /Azure/.test(line.text)
        ? "Loki finds no Azure credentials for its container: no account key and no managed identity"
        : "Loki finds no S3 credentials: no access keys in the configuration or environment, and no role on its service account (NoCredentialProviders), so chunks cannot be stored",
  rivals: [
    {
      rule: "loki/web-identity-custom-endpoint",
      tellApart: "there a role is found, and asking for its token fails",
    },
    {
      rule: "loki/object-store-refuses",
      tellApart: "AccessDenied means that keys are there and their policy is not enough",
    },
    {
      rule: "loki/environment-not-expanded",
      tellApart: "then ${…} stands in the file and the flag is missing",
    },
  ],
  decideWith:
    "kubectl -n NAMESPACE get sa -o yaml | grep -A3 annotations; kubectl -n NAMESPACE exec LOKI -- env | grep -E 'AWS_(ACCESS|WEB|ROLE)' | cut -d= -f1",
  references: [
    "https://github.com/grafana/loki/issues/7648",
    "https://grafana.com/docs/loki/latest/configure/storage/",
  ],
  fix: () => ({
    summary:
      "Give Loki the keys through its environment (AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, or access_key_id: ${VAR} with -config.expand-env=true), or annotate its service account with the role (eks.amazonaws.com/role-arn)",
    risk: "disruptive",
    steps: [
      {
        do: "by-hand",
        title: "Bind a role to the service account of Loki, then restart it",
        command:
          "kubectl -n NAMESPACE annotate serviceaccount LOKI eks.amazonaws.com/role-arn=arn:aws:iam::ACCOUNT:role/ROLE",
      },
    ],
  }),
});
