// The operator (or Alertmanager itself) refuses the configuration.
import { textRule } from "../../text-rule.ts";
import { brokenReferences } from "./broken-references.ts";

export const rule = textRule({
  id: "alertmanager/config-rejected",
  title:
    "The Alertmanager configuration is invalid, so it is not loaded (and the operator creates no Alertmanager pods)",
  why: 'The operator parses the configuration before it makes the StatefulSet; Alertmanager parses it at start and at reload. Receivers of your own replace the chart\'s list, so the default route may still name a receiver (such as "null") that no longer exists.',
  severity: "critical",
  component: "alertmanager",
  layer: "config",
  nature: "cause",
  effect: "down",
  phase: "config",
  from: ["alertmanager", "prometheus-operator", "kubernetes"],
  uses: ["config.documents"],
  fromFiles: ({ "config.documents": documents }, stack) => brokenReferences(documents, stack),
  explains: [
    {
      rule: "kubernetes/config-volume-missing",
      via: "anything",
      mechanism: "the operator writes the generated Secret only from a configuration that parses",
    },
  ],
  texts: [
    'undefined receiver "{receiver}" used in route',
    'undefined time interval "{interval}" used in route',
    "base config from Secret could not be parsed: {error*}",
    "failed to initialize from secret: {error*}",
    "provision alertmanager configuration: {error*}",
    "no route provided in config",
    "missing channel in Slack config",
    "no global SMTP smarthost set",
    "no global Slack API URL set",
    "unsupported scheme {scheme*} for URL",
    'notification config name "{receiver}" is not unique',
    "Loading configuration file failed…err={error*}",
    // 0.1 to 0.4 wrote it so
    "Loading configuration file failed: {error*}",
  ],
  except: ["permission denied", "no such file or directory", "is a directory"],
  confirm: (hit) => ({
    holds:
      hit.line.component === "alertmanager" || /alertmanager|receiver|route|SMTP|Slack/i.test(hit.line.text),
  }),
  says: ({ line, captures }) => {
    const receiver = line.text.match(/undefined receiver \\*"([^"\\]+)/)?.[1];
    const missing = /missing channel in Slack config/i.test(line.text);
    if (missing)
      return "An entry of slack_configs has no channel (missing channel in Slack config): api_url and channel must stand in one list entry; a second dash begins another one";
    if (/unsupported scheme \\*"\\*"/i.test(line.text))
      return 'An URL of the configuration (slack_api_url, api_url, url) has no scheme (unsupported scheme "" for URL): the value is a bare name or an environment variable, which Alertmanager does not expand; write the URL itself or use the _file form';
    if (receiver) return `The route uses receiver "${receiver}", which the configuration does not define`;
    return `The configuration is rejected: ${(captures.error ?? line.fields?.err ?? line.msg ?? line.text).replace(/\\?"$/, "").slice(0, 200)}`;
  },
  rivals: [{ rule: "prometheus-operator/crds-missing", tellApart: "there the operator's kinds are unknown" }],
  decideWith:
    "amtool check-config alertmanager.yml; kubectl -n NAMESPACE logs deploy/OPERATOR | grep -i alertmanager",
  references: [
    "https://prometheus.io/docs/alerting/latest/configuration/",
    "https://github.com/prometheus-community/helm-charts/issues/3176",
  ],
  fix: (finding) => ({
    summary: /unsupported scheme/.test(finding.says)
      ? "Write the whole URL (https://…), or api_url_file / slack_api_url_file; substitute variables before Alertmanager reads the file (envsubst)"
      : /receiver "/.test(finding.says)
        ? 'Define that receiver (add `- name: "null"` to receivers), or change the route that names it'
        : "Correct the configuration; check it with amtool",
    risk: "safe",
    steps: [{ do: "by-hand", title: "Check the file", command: "amtool check-config alertmanager.yml" }],
  }),
});
