// "no space left on device" that is not about disks.
import { textRule } from "../../text-rule.ts";

export const rule = textRule({
  id: "host/inotify-watches-exhausted",
  title:
    "The host has no inotify watches left (fs.inotify.max_user_watches); the error says `no space left on device`",
  why: "inotify_add_watch answers ENOSPC when the user's watches are used up. The disk has nothing to do with it.",
  severity: "critical",
  component: "host",
  layer: "limits",
  nature: "cause",
  effect: "none",
  from: "any",
  texts: [
    "inotify_add_watch {path*}: no space left on device",
    "Failed to watch directory {path*}: inotify_add_watch",
    "inotify_add_watch…no space left on device",
  ],
  uses: ["host.settings", "host.disks"],
  confirm: (_hit, facts) => {
    const limit = facts["host.settings"].find((entry) => entry.name === "fs.inotify.max_user_watches");
    return limit
      ? {
          holds: true,
          proof: [limit.at],
          says: `fs.inotify.max_user_watches (${limit.value}) is used up: "no space left on device" means inotify watches here, not the disk`,
        }
      : { holds: true };
  },
  says: () =>
    'No more inotify watches: fs.inotify.max_user_watches is used up ("no space left on device" is not the disk here)',
  rivals: [
    {
      rule: "disk-full",
      tellApart: "the call that failed is inotify_add_watch, which writes nothing",
      decideWith: "df -h",
    },
  ],
  decideWith: "sysctl fs.inotify.max_user_watches",
  references: [
    "https://github.com/google/cadvisor/issues/1581",
    "https://man7.org/linux/man-pages/man2/inotify_add_watch.2.html",
  ],
  fix: () => ({
    summary: "sysctl -w fs.inotify.max_user_watches=1048576, and the same in /etc/sysctl.d",
    risk: "safe",
    steps: [
      { do: "by-hand", title: "On the host", command: "sysctl -w fs.inotify.max_user_watches=1048576" },
    ],
  }),
});
