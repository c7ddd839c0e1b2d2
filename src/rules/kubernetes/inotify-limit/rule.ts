// "too many open files" that is about inotify instances of the node, not about descriptors of the process.
import { textRule } from "../../text-rule.ts";

export const rule = textRule({
  id: "kubernetes/inotify-limit",
  title:
    "The node's inotify limit (fs.inotify.max_user_instances) is used up: file watchers fail with too many open files",
  why: "Config reloaders, Promtail, Alloy, kubelet and kubectl logs -f each hold inotify instances. The kernel allows fs.inotify.max_user_instances (128 by default) per user id on the whole node; beyond it inotify_init answers too many open files, whatever ulimit -n says.",
  severity: "critical",
  component: "kubernetes",
  layer: "node",
  nature: "cause",
  effect: "down",
  phase: "init",
  from: "any",
  texts: [
    "create watcher: too many open files",
    "create fsnotify watcher: too many open files",
    "failed to create fsnotify watcher: too many open files",
    "Error adding file watcher{rest*}too many open files",
    "error creating file watcher{rest*}too many open files",
    "inotify_init: too many open files",
    "inotify_add_watch{rest*}no space left on device",
    "Failed to allocate directory watch: Too many open files",
    "failed to make file target manager: too many open files",
    "filetarget.fsnotify.NewWatcher: too many open files",
    "{date} {time} too many open files",
  ],
  except: ["accept tcp", "socket: too many", "accept4"],
  uses: ["host.settings"],
  confirm: (hit, facts) => {
    const isSpecific = /watcher|inotify|directory watch|target manager/i.test(hit.line.text);
    const isReloader =
      hit.line.component === "config-reloader" ||
      /reload/.test(hit.line.container ?? "") ||
      /^\d{4}\/\d\d\/\d\d \d\d:\d\d:\d\d too many open files\s*$/.test(hit.line.text);
    if (!isSpecific && !isReloader) return { holds: false };
    const setting = facts["host.settings"].find((entry) =>
      /fs\.inotify\.max_user_instances/.test(entry.name),
    );
    const value = setting ? Number(setting.value) : undefined;
    if (value !== undefined && value >= 8192) return {};
    return {
      holds: true,
      says: `${hit.component?.name ?? hit.line.container ?? hit.line.component ?? "A process"} cannot create a file watcher (too many open files): the node's fs.inotify.max_user_instances${value === undefined ? "" : ` = ${value}`} is exhausted`,
      proof: setting ? [setting.at] : [],
      certainty: isSpecific || setting ? "proven" : "likely",
    };
  },
  says: () => "The node's inotify instances are exhausted",
  decideWith: "sysctl fs.inotify.max_user_instances fs.inotify.max_user_watches   # on the node",
  references: [
    "https://github.com/grafana/agent/issues/1844",
    "https://github.com/prometheus/prometheus/issues/11067",
    "https://kind.sigs.k8s.io/docs/user/known-issues/#pod-errors-due-to-too-many-open-files",
  ],
  fix: () => ({
    summary:
      "Raise the limits on the node: sysctl -w fs.inotify.max_user_instances=512 fs.inotify.max_user_watches=524288, and keep them in /etc/sysctl.d",
    risk: "safe",
    steps: [
      {
        do: "by-hand",
        title: "Raise the inotify limits on every node",
        command:
          "printf 'fs.inotify.max_user_instances=512\\nfs.inotify.max_user_watches=524288\\n' | sudo tee /etc/sysctl.d/90-inotify.conf && sudo sysctl --system",
      },
    ],
  }),
});
