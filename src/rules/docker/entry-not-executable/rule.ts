// The runtime finds the program that is to start, and the kernel does not let it run (or does not find it).
import { byHand } from "../../by-hand.ts";
import { textRule } from "../../text-rule.ts";

export const rule = textRule({
  id: "docker/entry-not-executable",
  title:
    "The container's start program cannot be executed: the file is not executable, is missing, or lies on a noexec mount",
  why: "Entry point and command are executed by the kernel inside the container. A script that was mounted or copied without the x bit gives permission denied (git on Windows and downloads lose it), as do a noexec mount and a directory the user may not enter; a name that is nowhere in PATH, or whose interpreter (#!/bin/bash, Windows line ends) is missing, gives not found.",
  severity: "critical",
  component: "docker",
  layer: "config",
  nature: "cause",
  effect: "down",
  phase: "exec",
  from: "any",
  texts: [
    'exec: "{program}": permission denied',
    'exec user process caused "permission denied"',
    "exec user process caused: permission denied",
    "exec {program}: permission denied",
    'exec: "{program}": executable file not found in $PATH',
    'exec: "{program}": stat {same}: no such file or directory',
    'exec: "{program}": is a directory',
    'exec user process caused "no such file or directory"',
    "exec user process caused: no such file or directory",
    "exec {program}: no such file or directory",
  ],
  // what kubectl exec, docker exec and probes try to run is no start program
  except: [
    "kubectl exec",
    "docker exec",
    "command terminated with exit code",
    "OCI runtime exec failed",
    "exec failed: unable to start",
    "health check",
    "healthcheck",
    "probe errored",
    "probe failed",
    "credential-helper",
    "docker-credential",
    "exec plugin",
    "getting credentials",
    "exec format error",
  ],
  unconfirmed: "silent",
  confirm: ({ line }) => {
    const start =
      /oci runtime|runc create|failed to create (?:shim|containerd)? ?task|container_linux|process_linux|standard_init_linux|exec user process|unable to start container process|cannot start service|error response from daemon|failed to start container/i;
    const entry =
      /^(?:\S{1,60}\s*\| )?(?:ERROR: )?exec \/?[\w./-]{1,200}: (?:permission denied|no such file or directory)$/;
    return start.test(line.text) || entry.test(line.text.trim()) ? { holds: true } : {};
  },
  says({ line, captures }) {
    const program = captures.program?.replace(/[\\"':]+$/, "").replace(/^[\\"']+/, "");
    const what = program ?? "the image's entry point";
    if (/permission denied/.test(line.text))
      return `The kernel refuses to execute ${what} (permission denied): the file lacks the x bit on the host or in the image, or lies on a noexec mount`;
    if (/is a directory/.test(line.text)) return `${what} is a directory, not a program`;
    return `${what} is not found inside the container: the name is wrong for this image, the file was not mounted, or its interpreter line names a shell the image does not have (also Windows line ends)`;
  },
  rivals: [
    { rule: "kubernetes/image-wrong-architecture", tellApart: "there the kernel says exec format error" },
    {
      rule: "host/selinux-denies-access",
      tellApart: "there owner and mode allow it and the audit log holds a denial",
    },
  ],
  decideWith: "docker inspect -f '{{json .Config.Entrypoint}} {{json .Config.Cmd}}' IMAGE; ls -l FILE",
  references: ["https://docs.docker.com/engine/containers/run/#exit-status"],
  fix: (finding) => {
    const file = /execute (\/\S+) /.exec(finding.says)?.[1];
    return byHand(
      /refuses/.test(finding.says)
        ? `chmod +x the file${file ? ` that is mounted as ${file}` : ""} on the host (in git: git update-index --chmod=+x), then docker compose up -d --force-recreate`
        : "Correct entrypoint and command for this image version, or mount the missing file; then recreate the container",
      "On the host, at the source of the mount",
      "chmod +x FILE",
    );
  },
});
