// A Service without a ready address answers nobody; a headless one does not even resolve.
import { defineCheck, type VerdictDraft } from "../../../../model/check.ts";
import type { Endpoints, Service } from "../../../../model/kubernetes.ts";
import { monitored } from "../../../subjects.ts";

export const check = defineCheck({
  id: "endpoints/ready-addresses",
  suite: "endpoints",
  proves: "every Service of the stack has at least one ready address",
  needs: ["kubernetes.services"],
  uses: ["kubernetes.endpoints"],
  after: ["pods/ready"],
  hints: [
    "kubernetes/service-without-endpoints",
    "kubernetes/service-selects-nothing",
    "kubernetes/service-port-unknown",
  ],
  decideWith: "kubectl get services,endpointslices -A -o json",
  absent: ({ facts }) =>
    facts["kubernetes.services"].some(({ origin }) => origin === "live") ||
    facts["kubernetes.pods"].some(({ origin }) => origin === "live")
      ? undefined
      : "no part of this stack runs on Kubernetes",
  run({ facts, stack }) {
    const verdicts: VerdictDraft[] = [];
    for (const component of monitored(stack))
      for (const service of component.services.filter(({ origin }) => origin === "live"))
        verdicts.push({ ...judge(service, facts["kubernetes.endpoints"]), component: component.id });
    for (const service of orphans(facts["kubernetes.services"], verdicts, stack))
      verdicts.push(judge(service, facts["kubernetes.endpoints"]));
    return verdicts;
  },
});

const nameOf = ({ namespace, name }: { readonly namespace?: string; readonly name: string }): string =>
  namespace ? `${namespace}/${name}` : name;

/** Services in the namespaces of the stack that select nothing that was found: the selector may be what is wrong. */
function orphans(
  services: readonly Service[],
  judged: readonly VerdictDraft[],
  stack: Parameters<typeof monitored>[0],
): Service[] {
  const namespaces = new Set(monitored(stack).flatMap(({ namespace }) => namespace ?? []));
  const known = new Set(judged.map(({ subject }) => subject.id));
  const elsewhere = new Set(stack.components.flatMap((component) => component.services.map(nameOf)));
  return services.filter(
    (service) =>
      service.origin === "live" &&
      service.namespace !== undefined &&
      namespaces.has(service.namespace) &&
      Object.keys(service.selector ?? {}).length > 0 &&
      !known.has(nameOf(service)) &&
      !elsewhere.has(nameOf(service)),
  );
}

function judge(service: Service, endpoints: readonly Endpoints[]): VerdictDraft {
  const name = nameOf(service);
  const base = { subject: { kind: "service", id: name } as const };
  if (service.externalName)
    return {
      ...base,
      state: "pass",
      says: `${name} is an alias of ${service.externalName}`,
      proof: [service.at],
    };
  const found = endpoints.find((one) => one.name === service.name && one.namespace === service.namespace);
  if (!found)
    return { ...base, state: "unknown", says: `the endpoints of ${name} were not read`, proof: [service.at] };
  const waiting = found.notReady?.length ?? 0;
  if (found.ready.length > 0)
    return {
      ...base,
      state: "pass",
      says: `${name} has ${found.ready.length} ready ${found.ready.length === 1 ? "address" : "addresses"}`,
      proof: [found.at],
    };
  const also = waiting > 0 ? `, ${waiting} not ready` : "";
  return {
    ...base,
    state: "fail",
    says: `${name} has no ready address${also}`,
    proof: [found.at, service.at],
  };
}
