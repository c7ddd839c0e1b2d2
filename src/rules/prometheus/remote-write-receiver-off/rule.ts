// Somebody pushes to a Prometheus that was not told to receive.
import { byHand } from "../../by-hand.ts";
import { repair } from "../../change-configuration.ts";
import { changeArguments } from "../../change-container.ts";
import { textRule } from "../../text-rule.ts";

export const rule = textRule({
  id: "prometheus/remote-write-receiver-off",
  title:
    "Remote write to Prometheus is refused with 404: the receiver is off (--web.enable-remote-write-receiver is missing)",
  why: "Prometheus accepts pushes on /api/v1/write only when it is started with --web.enable-remote-write-receiver (before 2.33: --enable-feature=remote-write-receiver). Without it every batch of an agent, of Tempo's metrics generator or of k6 is answered with 404 and dropped. The path wants snappy-compressed protobuf; a JSON document posted there is refused with 400.",
  severity: "critical",
  component: "prometheus",
  layer: "config",
  nature: "cause",
  effect: "no-data-in",
  phase: "run",
  from: "any",
  texts: [
    "remote write receiver needs to be enabled with --web.enable-remote-write-receiver",
    "remote write receiver needs to be enabled with --enable-feature=remote-write-receiver",
    "remote write receiver needs to be enabled",
  ],
  uses: ["config.documents", "kubernetes.objects", "component.flags"],
  about: "prometheus",
  confirm: (_hit, facts, stack) => {
    const flag = facts["component.flags"].find(
      ({ component, name }) =>
        component === "prometheus" && name.includes("web.enable-remote-write-receiver"),
    );
    if (flag?.value === "true") return { holds: false };
    const argument = stack.components
      .filter(({ kind }) => kind === "prometheus")
      .flatMap(({ args }) => args)
      .find(({ text }) => /remote-write-receiver/.test(text));
    if (argument && /^--enable-feature/.test(argument.text))
      return {
        holds: true,
        proof: [argument.at],
        says: `${argument.text} is no longer known as a feature: this Prometheus wants --web.enable-remote-write-receiver, so /api/v1/write answers 404`,
      };
    return { holds: true, ...(flag ? { proof: [flag.at] } : {}) };
  },
  says: ({ line }) =>
    `Prometheus refuses remote write (404)${/https?:\/\/[^\s"\\]+/.exec(line.text)?.[0] ? ` at ${/https?:\/\/[^\s"\\]+/.exec(line.text)?.[0]}` : ""}: its remote write receiver is off, --web.enable-remote-write-receiver is missing`,
  decideWith: "curl -s http://PROMETHEUS:9090/api/v1/status/flags | grep remote-write-receiver",
  references: [
    "https://prometheus.io/docs/prometheus/latest/querying/api/#remote-write-receiver",
    "https://prometheus.io/docs/prometheus/latest/feature_flags/",
  ],
  fix: (_finding, facts, stack) =>
    repair(
      "Start Prometheus with --web.enable-remote-write-receiver",
      "disruptive",
      changeArguments(
        stack.components.find(({ kind }) => kind === "prometheus"),
        facts,
        "Let Prometheus take remote write",
        { add: ["--web.enable-remote-write-receiver"] },
      ),
    ) ??
    byHand(
      "Start Prometheus with --web.enable-remote-write-receiver (operator: spec.enableRemoteWriteReceiver: true; chart: prometheus.prometheusSpec.enableRemoteWriteReceiver: true)",
      "In the command of Prometheus, then recreate it",
    ),
});
