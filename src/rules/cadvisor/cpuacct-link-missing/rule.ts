// cgroup v1 with the two controllers joined in the other order.
import { byHand } from "../../by-hand.ts";
import { textRule } from "../../text-rule.ts";

export const rule = textRule({
  id: "cadvisor/cpuacct-link-missing",
  title:
    "cAdvisor looks for /sys/fs/cgroup/cpuacct,cpu, but this host calls the joined controllers cpu,cpuacct",
  why: "On cgroup v1 the joined controllers appear as cpu,cpuacct or cpuacct,cpu, depending on the distribution. Old cAdvisor versions build the name in one order only, cannot watch the path and exit.",
  severity: "critical",
  component: "cadvisor",
  layer: "config",
  nature: "cause",
  effect: "down",
  phase: "run",
  texts: [
    "inotify_add_watch /sys/fs/cgroup/cpuacct,cpu: no such file or directory",
    "inotify_add_watch /sys/fs/cgroup/cpuacct,cpu{path}: no such file or directory",
    "open /sys/fs/cgroup/cpuacct,cpu{path}: no such file or directory",
  ],
  says: ({ component }) =>
    `cAdvisor${component?.version ? ` ${component.version}` : ""} watches /sys/fs/cgroup/cpuacct,cpu, which does not exist on this cgroup v1 host: there it is cpu,cpuacct`,
  rivals: [
    {
      rule: "host/inotify-watches-exhausted",
      tellApart: "there inotify_add_watch ends with no space left on device",
    },
  ],
  references: ["https://github.com/google/cadvisor/issues/1444"],
  fix: () =>
    byHand(
      "Upgrade cAdvisor; until then give the path its second name (lost at the next boot): mount -o remount,rw /sys/fs/cgroup && ln -s /sys/fs/cgroup/cpu,cpuacct /sys/fs/cgroup/cpuacct,cpu",
      "On the host, then start cAdvisor again",
      "mount -o remount,rw /sys/fs/cgroup && ln -s /sys/fs/cgroup/cpu,cpuacct /sys/fs/cgroup/cpuacct,cpu",
    ),
});
