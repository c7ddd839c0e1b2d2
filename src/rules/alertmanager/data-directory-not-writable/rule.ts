// Alertmanager cannot store silences and its notification log.

import { byHand } from "../../by-hand.ts";
import { confirmNotWritable } from "../../data-directory-text.ts";
import { textRule } from "../../text-rule.ts";

export const rule = textRule({
  id: "alertmanager/data-directory-not-writable",
  title:
    "Alertmanager's storage path is not writable for its user (65534), so it does not start or forgets silences and sent notifications",
  why: "The image runs as nobody and writes nflog and silences below --storage.path. A bind mount or volume of root is closed to it: at start it ends with `mkdir` or `Unable to create data directory`, later it loses its snapshots and sends notifications again after a restart.",
  severity: "critical",
  component: "alertmanager",
  layer: "permissions",
  nature: "cause",
  effect: "down",
  phase: "storage",
  from: ["alertmanager"],
  texts: [
    "Unable to create data directory…permission denied",
    "Unable to create data directory…read-only file system",
    "Error on file snapshot…permission denied",
    "Creating notification log snapshot failed…permission denied",
    "Running maintenance failed…open {path}: permission denied",
    "open /alertmanager/{path}: permission denied",
    "mkdir {path}: permission denied",
  ],
  except: [".yml: permission denied", ".yaml: permission denied"],
  uses: ["kubernetes.claims", "kubernetes.volumes", "host.files", "ansible.files"],
  confirm: (hit, facts) => {
    if (hit.line.component !== "alertmanager" && !/alertmanager/i.test(hit.line.text))
      return { holds: false };
    return confirmNotWritable(hit.component, pathOf(hit.line.text), facts);
  },
  says: ({ line }) =>
    `Alertmanager (uid 65534) may not write ${pathOf(line.text)}: the directory behind it belongs to another user`,
  decideWith: "stat -c '%u:%g %a %n' DIRECTORY   # the host directory behind --storage.path",
  references: ["https://github.com/prometheus/alertmanager/blob/main/Dockerfile"],
  fix: () =>
    byHand(
      "chown 65534:65534 the host directory behind --storage.path (Kubernetes: fsGroup: 65534)",
      "Give it to Alertmanager",
      "chown -R 65534:65534 DIRECTORY",
    ),
});

function pathOf(text: string): string {
  return /(?:open|mkdir) (\/[\w./-]+?)(?:\/(?:nflog|silences)[\w.]*)?:/.exec(text)?.[1] ?? "/alertmanager";
}
