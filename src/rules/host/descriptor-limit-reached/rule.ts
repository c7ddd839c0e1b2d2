// EMFILE from open, socket and accept: the process has used up its file descriptors.
import { textRule } from "../../text-rule.ts";

export const rule = textRule({
  id: "host/descriptor-limit-reached",
  title: "A process has used up its file descriptors (open files limit, LimitNOFILE)",
  why: "Every file that is tailed, every connection and every block of data holds a descriptor. At the limit of the process (1024 for a systemd service without LimitNOFILE, the container runtime's default elsewhere) open, socket and accept fail with EMFILE. The limit of a login shell (ulimit -n) says nothing about a service.",
  severity: "critical",
  component: "host",
  layer: "limits",
  nature: "cause",
  effect: "no-data-out",
  phase: "run",
  from: "any",
  texts: [
    "accept4: too many open files",
    "accept: too many open files",
    "socket: too many open files",
    "open {path}: too many open files",
    "open{path}: too many open files",
    "failed to load system roots{what*}too many open files",
    "dial{what*}: socket: too many open files",
  ],
  except: ["NewWatcher", "inotify", "fsnotify", "Failed to allocate directory watch"],
  uses: ["host.settings"],
  says: ({ lines, component, line }) => {
    const who = component?.name ?? line.component ?? "The process";
    const isTailing = lines.some(({ text }) => /positions|tailer/i.test(text));
    return `${who} gets "too many open files" from open or socket: its limit of file descriptors is used up${isTailing ? " (it holds one per tailed file)" : ""}. Raise LimitNOFILE of the service (container: ulimits nofile)`;
  },
  rivals: [
    {
      rule: "host/inotify-instances-exhausted",
      tellApart: "there the words are said by a watcher (NewWatcher, inotify_init), and descriptors are free",
      decideWith: "sysctl fs.inotify.max_user_instances; ls /proc/PID/fd | wc -l",
    },
  ],
  decideWith:
    "grep 'open files' /proc/PID/limits; ls /proc/PID/fd | wc -l   # of the running process, not of a shell",
  references: [
    "https://www.robustperception.io/dealing-with-too-many-open-files/",
    "https://www.freedesktop.org/software/systemd/man/latest/systemd.exec.html#LimitCPU=",
  ],
  fix: () => ({
    summary:
      "Set LimitNOFILE=65536 in the unit (systemctl edit NAME), ulimits: nofile: 65536 in compose, then restart; see with ls /proc/PID/fd whether the number goes on growing (a leak, or paths that match far too many files)",
    risk: "disruptive",
    steps: [
      {
        do: "by-hand",
        title: "See the limit and the use of the running process",
        command: "grep 'open files' /proc/PID/limits; ls /proc/PID/fd | wc -l",
      },
    ],
  }),
});
