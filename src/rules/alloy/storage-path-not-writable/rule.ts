// The default storage path is relative to the working directory.
import { textRule } from "../../text-rule.ts";

export const rule = textRule({
  id: "alloy/storage-path-not-writable",
  title:
    "Alloy cannot create its storage directory: --storage.path is not set (or not writable for its user)",
  why: "The default is data-alloy below the working directory. In a container with a read-only root or a normal user it cannot be made.",
  severity: "critical",
  component: "alloy",
  layer: "permissions",
  nature: "cause",
  effect: "down",
  phase: "storage",
  from: ["alloy"],
  texts: [
    "mkdir data-alloy: {error*}",
    "failed to create the remotecfg service: mkdir {path}: {error*}",
    "mkdir {path}alloy{rest}: permission denied",
  ],
  says: ({ line }) =>
    `Alloy cannot create ${line.text.match(/mkdir (\S+?):/)?.[1] ?? "its storage directory"}: ${/read-only/.test(line.text) ? "the file system is read-only" : "permission denied"}; --storage.path must be a writable volume`,
  decideWith: "docker inspect -f '{{.Args}} {{.Config.User}}' ALLOY",
  references: ["https://grafana.com/docs/alloy/latest/reference/cli/run/"],
  fix: () => ({
    summary: "Set --storage.path=/var/lib/alloy/data on a volume that its user (473) may write",
    risk: "safe",
    steps: [{ do: "by-hand", title: "Add the flag", command: "--storage.path=/var/lib/alloy/data" }],
  }),
});
