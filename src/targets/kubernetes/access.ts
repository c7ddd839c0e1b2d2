// May we? Asked before a hundred logs are tried one by one.
import type { CollectedItem } from "../../model/collected.ts";
import { valueAt } from "../../model/json-value.ts";
import { type PodSubresource, podSubresources } from "./kinds.ts";
import type { Reader } from "./patient-door.ts";

const path = "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews";

/** True also when the server would not say: then it is tried. `namespace` undefined means all. */
export async function mayUse(
  subresource: PodSubresource,
  namespace: string | undefined,
  reader: Reader,
): Promise<boolean> {
  const resourceAttributes = {
    resource: "pods",
    subresource,
    verb: "get",
    ...(namespace === undefined ? {} : { namespace }),
  };
  const answer = await reader.get(path, {
    method: "POST",
    body: JSON.stringify({
      apiVersion: "authorization.k8s.io/v1",
      kind: "SelfSubjectAccessReview",
      spec: { resourceAttributes },
    }),
  });
  if (answer.failure || answer.status !== 201) return true;
  try {
    return valueAt(JSON.parse(Buffer.from(answer.body).toString("utf8")), "status", "allowed") !== false;
  } catch {
    return true;
  }
}

export function notAllowed(subresource: PodSubresource, namespace: string | undefined): CollectedItem {
  const what = subresource === "log" ? "logs of the pods" : "HTTP APIs of the pods";
  const scope = namespace === undefined ? "" : ` in namespace ${namespace}`;
  const why = podSubresources.find((entry) => entry.subresource === subresource)?.why ?? "";
  return {
    locator: `${what}${scope}`,
    how: "kubernetes-api",
    body: {
      because: "forbidden",
      detail: `the verb get on pods/${subresource} is missing${scope} (${why}); watchmend rbac prints the role that is needed`,
      decideWith: `kubectl auth can-i get pods --subresource=${subresource}${namespace === undefined ? " --all-namespaces" : ` -n ${namespace}`}`,
    },
  };
}
