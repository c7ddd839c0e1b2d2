// "too many open files" that is not about files.
import { textRule } from "../../text-rule.ts";

export const rule = textRule({
  id: "host/inotify-instances-exhausted",
  title:
    "The host has no inotify instances left (fs.inotify.max_user_instances); the error says `too many open files`",
  why: "Watchers of log files, configuration and containers need inotify instances, of which a user has 128 by default. When they are used up inotify_init answers EMFILE, worded like a limit of file descriptors, which it is not.",
  severity: "critical",
  component: "host",
  layer: "limits",
  nature: "cause",
  effect: "down",
  phase: "run",
  from: "any",
  texts: [
    "filetarget.fsnotify.NewWatcher: too many open files",
    "failed to make file target manager: too many open files",
    "create watcher: too many open files",
    "inotify_init: too many open files",
    "inotify_init1: too many open files",
    "Error adding file watcher…too many open files",
    "fsnotify watcher…too many open files",
    "error creating fsnotify watcher…too many open files",
    "unable to create watcher…too many open files",
    "file watcher{rest*}too many open files",
    "Failed to allocate directory watch: Too many open files",
    // configmap-reload (Go's plain log package) says nothing more than this.
    "{date} {time} too many open files",
  ],
  except: ["accept4: too many", "socket: too many", "accept: too many"],
  uses: ["host.settings"],
  confirm: (hit, facts) => {
    const isSpecific = /watcher|inotify|directory watch|target manager/i.test(hit.line.text);
    const isReloader =
      hit.line.component === "config-reloader" ||
      /reload/.test(hit.line.container ?? "") ||
      /\d{4}\/\d\d\/\d\d \d\d:\d\d:\d\d too many open files\s*$/.test(hit.line.text);
    if (!isSpecific && !isReloader) return { holds: false };
    const limit = facts["host.settings"].find((entry) => entry.name === "fs.inotify.max_user_instances");
    if (!limit) return {};
    return Number(limit.value) <= 1024
      ? {
          holds: true,
          proof: [limit.at],
          says: `fs.inotify.max_user_instances is ${limit.value} and used up: "too many open files" means inotify instances here, not file descriptors`,
        }
      : { holds: true, certainty: "likely" };
  },
  says: () =>
    'No inotify instance can be created: fs.inotify.max_user_instances of the node is used up ("too many open files" is not the descriptor limit here)',
  rivals: [
    {
      rule: "descriptor-limit-reached",
      tellApart:
        "a real descriptor limit says `accept4: too many open files` or `socket: too many open files`",
      decideWith: "cat /proc/PID/limits; ls /proc/PID/fd | wc -l",
    },
  ],
  decideWith:
    "sysctl fs.inotify.max_user_instances; find /proc/*/fd -lname anon_inode:inotify 2>/dev/null | wc -l",
  references: [
    "https://github.com/grafana/agent/issues/1844",
    "https://man7.org/linux/man-pages/man7/inotify.7.html",
  ],
  fix: () => ({
    summary:
      "sysctl -w fs.inotify.max_user_instances=8192 fs.inotify.max_user_watches=1048576, and the same in /etc/sysctl.d",
    risk: "safe",
    steps: [
      {
        do: "by-hand",
        title: "On the node",
        command: "sysctl -w fs.inotify.max_user_instances=8192 fs.inotify.max_user_watches=1048576",
      },
    ],
  }),
});
