// Programs built from Go modules, each pinned by a go.mod and go.sum with a `tool` directive under test/rig/go.
import { mkdirSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { run } from "../process/command.ts";
import { rigRoot } from "../process/paths.ts";
import type { Part } from "./part.ts";

type GoModule = {
  readonly name: string;
  /** The module whose version in go.mod is the version of the programs. */
  readonly of: string;
  /** What `go build` is given: `tool` for all tools of the module, `.` for the program that lies beside go.mod. */
  readonly target: "tool" | ".";
  /** Linker variables by which upstream's release builds set what `--version` says. */
  readonly stamps: (version: string) => readonly string[];
  readonly what: string;
};

const goRoot = join(rigRoot, "go");
const sources = (dir: string): string[] =>
  readdirSync(dir).filter((file) => /^go\.(mod|sum)$|\.go$/.test(file));

export const versionIn = (goMod: string, module: string): string => {
  const line = goMod.split("\n").find((text) => text.trim().startsWith(`${module} v`));
  const version = line?.trim().split(" ")[1];
  if (version === undefined) throw new Error(`go.mod does not require ${module}`);
  return version;
};

export const moduleVersion = (name: string, module: string): string =>
  versionIn(readFileSync(join(goRoot, name, "go.mod"), "utf8"), module);

const environment = {
  CGO_ENABLED: "0",
  GOTOOLCHAIN: "local",
  GOWORK: "off",
  GOFLAGS: "-p=2 -buildvcs=false -mod=readonly -trimpath",
};

const buildArguments = (module: GoModule): string[] => {
  const version = module.target === "." ? "" : moduleVersion(module.name, module.of);
  const stamps = module.stamps(version).map((stamp) => `-X ${stamp}`);
  return ["build", "-v", "-ldflags", ["-s -w", ...stamps].join(" ")];
};

const goPart = (module: GoModule): Part => {
  const dir = join(goRoot, module.name);
  return {
    name: module.name,
    what: module.what,
    needs: [],
    inputs: () => [
      ...sources(dir).map((file) => readFileSync(join(dir, file), "utf8")),
      JSON.stringify(environment),
      buildArguments(module).join(" "),
    ],
    build: async (into) => {
      const bin = join(into.dir, "bin");
      mkdirSync(bin);
      let compiled = 0;
      let saidAt = Date.now();
      const onLine = (): void => {
        compiled++;
        if (Date.now() - saidAt < 30_000) return;
        saidAt = Date.now();
        into.note(`${compiled} packages compiled`);
      };
      const go = ["nice", "-n", "15", "go"];
      const options = { cwd: dir, env: environment, log: into.log, timeoutMs: 3_600_000 };
      await run([...go, "mod", "download"], options);
      await run([...go, ...buildArguments(module), "-o", `${bin}/`, module.target], { ...options, onLine });
    },
  };
};

const kubernetesStamps = (version: string): string[] => {
  const [major = "", minor = ""] = version.slice(1).split(".");
  return ["k8s.io/component-base/version", "k8s.io/client-go/pkg/version"].flatMap((at) => [
    `${at}.gitMajor=${major}`,
    `${at}.gitMinor=${minor}`,
    `${at}.gitVersion=${version}`,
    `${at}.gitTreeState=clean`,
  ]);
};

/** Prometheus 3.5.1 is the module's v0.305.1. */
export const prometheusVersion = (module: string): string => {
  const [, minor = "", patch = ""] = module.slice(1).split(".");
  return `${Math.floor(Number(minor) / 100)}.${Number(minor) % 100}.${patch}`;
};

export const kubernetes = goPart({
  name: "kubernetes",
  of: "k8s.io/kubernetes",
  target: "tool",
  stamps: kubernetesStamps,
  what: "kube-apiserver, kube-controller-manager, kube-scheduler, kubelet, kube-proxy, kubectl",
});

export const coredns = goPart({
  name: "coredns",
  of: "github.com/coredns/coredns",
  target: "tool",
  stamps: () => [],
  what: "the cluster's DNS server",
});

export const prometheus3 = goPart({
  name: "prometheus",
  of: "github.com/prometheus/prometheus",
  target: "tool",
  stamps: (version) => [`github.com/prometheus/common/version.Version=${prometheusVersion(version)}`],
  what: "Prometheus 3 and promtool",
});

export const loki = goPart({
  name: "loki",
  of: "github.com/grafana/loki/v3",
  target: "tool",
  stamps: (version) => [`github.com/grafana/loki/v3/pkg/util/build.Version=${version.slice(1)}`],
  what: "Loki and Promtail 3.6",
});

export const cadvisor = goPart({
  name: "cadvisor",
  of: "github.com/google/cadvisor",
  target: "tool",
  stamps: (version) => [`github.com/google/cadvisor/version.Version=${version}`],
  what: "cAdvisor",
});

export const pause = goPart({
  name: "pause",
  of: "",
  target: ".",
  stamps: () => [],
  what: "the process that holds a pod's namespaces",
});

export const binary = (partDir: string, name: string): string => join(partDir, "bin", name);
