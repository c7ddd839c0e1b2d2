// The container engine: it is there, it is the one the model says, it runs, and the pinned agents speak its API.
import { agentWindows, engineApis } from "../../../model/compatibility.ts";
import type { DockerEngine } from "../../../model/docker.ts";
import type { HostInput, PreflightCheck, PreflightDraft } from "../../../model/preflight.ts";
import { isAtLeast, isBefore } from "../../../model/semver.ts";
import { answered, ofHost, quote, sshTo } from "../answers.ts";

export const check: PreflightCheck = {
  id: "engine",
  proves: "the container engine runs, and the pinned agents speak its API",
  looks: ["engine-version", "engine-info"],
  judge: (input) => {
    const { host, sight, facts } = input;
    if (sight.rights.engine === undefined)
      return [
        {
          host: host.name,
          state: "stop",
          says: `${host.name} has neither docker nor podman`,
          next: `${sshTo(host)} 'command -v docker podman'   # install one of them: https://docs.docker.com/engine/install/`,
        },
      ];
    const read = answered(input, "engine-version", `the container engine of ${host.name}`);
    if ("draft" in read) return [read.draft];
    const engine = ofHost(facts["docker.engines"], host).find(
      ({ apiVersion, version }) => apiVersion ?? version,
    );
    const { answer } = read;
    if (engine?.version === undefined)
      return [
        {
          host: host.name,
          state: "stop",
          says: `the container engine of ${host.name} does not answer: ${lastLine(answer.text)}`,
          proof: quote(answer, (line) => line.trim() === lastLine(answer.text)),
          next: `${sshTo(host)} 'sudo systemctl status docker --no-pager; sudo journalctl -u docker -n 30 --no-pager'`,
        },
      ];
    const proof = quote(answer, (line) => line.includes(engine.apiVersion ?? engine.version ?? "?"));
    const other = engine.isPodman === true ? "podman" : "docker";
    if (host.runtime !== other)
      return [
        {
          host: host.name,
          state: "stop",
          says: `the model says ${host.runtime}, and the engine of ${host.name} is ${other}`,
          proof,
          next: `write at hosts.${host.name}: runtime: ${other}`,
        },
      ];
    const faults = windowFaults(input, engine).map((fault) => ({ ...fault, proof }));
    if (faults.length > 0) return faults;
    const api =
      engine.apiVersion === undefined ? "" : `, API ${engine.minApiVersion ?? "?"} to ${engine.apiVersion}`;
    return [
      {
        host: host.name,
        state: "ok",
        says: `${other} ${engine.version} answers on ${host.name}${api}`,
        proof,
      },
    ];
  },
};

/** What the engine itself says of its window counts; the table only where it says nothing. */
function windowFaults({ stack, host }: HostInput, engine: DockerEngine): readonly PreflightDraft[] {
  if (engine.isPodman) return [];
  const known = engineApis.find((one) => isAtLeast(engine.version, one.engine) === true);
  const newest = minorOf(engine.apiVersion) ?? known?.api;
  const oldest = minorOf(engine.minApiVersion) ?? known?.oldestApi;
  return agentWindows.flatMap((window): PreflightDraft[] => {
    const component = stack.components.find(({ kind }) => kind === window.component);
    if (!component || !host.components.includes(component.kind)) return [];
    const isIn =
      (window.from === undefined || isAtLeast(component.version, window.from) === true) &&
      (window.below === undefined || isBefore(component.version, window.below) === true);
    if (!isIn) return [];
    const tooOld = window.needsApi !== undefined && newest !== undefined && newest < window.needsApi;
    const tooNew = window.speaksApi !== undefined && oldest !== undefined && oldest > window.speaksApi;
    if (!tooOld && !tooNew) return [];
    const why = tooOld
      ? `it needs API 1.${window.needsApi}, and this engine speaks 1.${newest} at most`
      : `it speaks API 1.${window.speaksApi} at most, and this engine accepts 1.${oldest} at least`;
    return [
      {
        host: host.name,
        state: "stop",
        says: `${component.kind} ${component.version} cannot talk to Docker ${engine.version} on ${host.name}: ${why}`,
        next: `${window.remedy} (${window.source})`,
      },
    ];
  });
}

function minorOf(api: string | undefined): number | undefined {
  const minor = /^1\.(\d{1,3})$/.exec(api ?? "")?.[1];
  return minor === undefined ? undefined : Number(minor);
}

function lastLine(text: string): string {
  return text.trim().split("\n").at(-1)?.trim().slice(0, 300) ?? "";
}
