// The limit is too small for the runtime to start the container at all.
import { byHand } from "../../by-hand.ts";
import { textRule } from "../../text-rule.ts";

export const rule = textRule({
  id: "kubernetes/memory-limit-below-start",
  title:
    "A container cannot be started because its memory limit is too low for the runtime's own init process (OOM-killed before the program runs)",
  why: "runc's init needs some megabytes inside the new cgroup. With limits such as 4Mi to 25Mi (old defaults of small sidecars) an update of kernel or runtime makes it too little: StartError, exit code 128, and no log at all, since the program was never executed.",
  severity: "critical",
  component: "kubernetes",
  layer: "memory",
  nature: "cause",
  effect: "down",
  phase: "exec",
  from: "any",
  texts: [
    "container init was OOM-killed (memory limit too low?)",
    "process_linux.go{rest*}container init caused{more*}read init-p: connection reset by peer",
    "minimum memory limit allowed is {size}",
    "memory limit too low",
  ],
  says: ({ line, component }) => {
    const name = /container "([\w-]+)"|container ([\w-]+) in pod/.exec(line.text);
    const containers = (component?.pods ?? []).flatMap(({ spec }) => spec?.containers ?? []);
    const small = containers.find(
      ({ state, lastState, limits }) =>
        limits?.memory !== undefined &&
        (state?.state !== "running" || lastState?.reason === "StartError") &&
        (lastState?.reason === "StartError" || state?.reason === "CrashLoopBackOff"),
    );
    const who = name?.[1] ?? name?.[2] ?? small?.name ?? line.container ?? "a container";
    return `Container ${who} cannot be started: its memory limit${small?.limits?.memory ? ` of ${small.limits.memory}` : ""} is too low for the runtime's init process (OOM-killed before the program runs)`;
  },
  subject: ({ line, component }) => {
    const pod = line.pod ?? component?.pods[0]?.name;
    return pod ? { kind: "pod", id: pod } : { kind: "component", id: component?.id ?? "kubernetes" };
  },
  rivals: [
    {
      rule: "kubernetes/container-out-of-memory",
      tellApart: "there the program runs first and is killed later",
    },
  ],
  decideWith:
    "kubectl -n NAMESPACE get pod POD -o jsonpath='{range .spec.containers[*]}{.name} {.resources.limits.memory}{\"\\n\"}{end}'",
  references: [
    "https://github.com/prometheus-operator/prometheus-operator/issues/2413",
    "https://github.com/opencontainers/runc/issues/2520",
  ],
  fix: () =>
    byHand(
      "Raise resources.limits.memory of that container to 50Mi or more (config-reloader: --config-reloader-memory-limit of the operator; in the chart prometheusOperator.prometheusConfigReloader.resources)",
      "In the values or manifest",
    ),
});
