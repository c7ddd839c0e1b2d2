// Programs built from Go modules, each pinned by a go.mod and go.sum with a `tool` directive under test/rig/go.
import { cpSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { output, run } from "../process/command.ts";
import { rigRoot } from "../process/paths.ts";
import { alloyInputs, reduceAlloy } from "./alloy.ts";
import { includesOf, journalHeaders } from "./journal-headers.ts";
import type { Built, Part } from "./part.ts";

type GoModule = {
  readonly name: string;
  /** The folder with its pins, where it is not called like the part. */
  readonly pins?: string;
  /** The module whose version in go.mod is the version of the programs. */
  readonly of: string;
  /** What `go build` is given: `tool` for all tools of the module, `.` for the program beside go.mod, or a package. */
  readonly target: string;
  /** Linker variables by which upstream's release builds set what `--version` says. */
  readonly stamps: (version: string) => readonly string[];
  readonly what: string;
  /** Environment beside the usual one, and tags, where a program cannot be built plainly. */
  readonly cgo?: { readonly tags: string; readonly linker: string; readonly journal?: true };
  /** Work on a copy of the module's source before it is built: `source` is the copy, `into.dir` the part. */
  readonly prepare?: (source: string, into: Built) => Promise<void>;
  /** What `prepare` reads besides the copy. */
  readonly inputs?: () => readonly string[];
};

/** The module's version names a commit; this is what that commit's release files say. */
export const grafanaVersion = "10.0.0-preview";

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

const environmentOf = (module: GoModule): Record<string, string> => ({
  CGO_ENABLED: module.cgo === undefined ? "0" : "1",
  GOTOOLCHAIN: "local",
  GOWORK: "off",
  GOFLAGS: "-p=2 -buildvcs=false -mod=readonly -trimpath",
});

/** Where the compiler finds what is not installed on this machine; no input of a part, since the headers are one themselves. */
const compilerOf = ({ cgo }: GoModule): Record<string, string> =>
  cgo?.journal ? { CGO_CFLAGS: `-O2 -g -I${includesOf()}` } : {};

const pinsOf = ({ name, pins }: GoModule): string => pins ?? name;

const go = ["nice", "-n", "15", "go"];

const buildArguments = (module: GoModule): string[] => {
  const version = module.target === "." ? "" : moduleVersion(pinsOf(module), module.of);
  const stamps = module.stamps(version).map((stamp) => `-X ${stamp}`);
  const tags = module.cgo === undefined ? [] : ["-tags", module.cgo.tags];
  return [
    "build",
    "-v",
    ...tags,
    "-ldflags",
    ["-s -w", ...stamps, module.cgo?.linker ?? ""].join(" ").trim(),
  ];
};

type Options = Parameters<typeof run>[1];

/** A folder with the pins and a copy of the module's source, which takes the place of the module. */
const copied = async (module: GoModule, into: Built, options: Options): Promise<string> => {
  const pins = join(goRoot, pinsOf(module));
  const work = join(into.dir, "work");
  const source = join(work, "source");
  mkdirSync(work);
  for (const file of sources(pins)) cpSync(join(pins, file), join(work, file));
  await run([...go, "mod", "download", module.of], { ...options, cwd: work });
  const from = await output([...go, "list", "-m", "-f", "{{.Dir}}", module.of], { ...options, cwd: work });
  cpSync(from, source, { recursive: true });
  await run(["chmod", "-R", "u+w", source]);
  await run([...go, "mod", "edit", `-replace=${module.of}=./source`], { ...options, cwd: work });
  return source;
};

const goPart = (module: GoModule): Part => {
  const dir = join(goRoot, pinsOf(module));
  const environment = environmentOf(module);
  return {
    name: module.name,
    what: module.what,
    needs: module.cgo?.journal ? [journalHeaders] : [],
    inputs: () => [
      ...sources(dir).map((file) => readFileSync(join(dir, file), "utf8")),
      JSON.stringify(environment),
      buildArguments(module).join(" "),
      module.prepare?.toString() ?? "",
      ...(module.inputs?.() ?? []),
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
      const options = {
        cwd: dir,
        env: { ...environment, ...compilerOf(module) },
        log: into.log,
        timeoutMs: 3_600_000,
      };
      const source = module.prepare === undefined ? undefined : await copied(module, into, options);
      if (source !== undefined) await module.prepare?.(source, into);
      const cwd = source === undefined ? dir : dirname(source);
      await run([...go, ...buildArguments(module), "-o", `${bin}/`, module.target], {
        ...options,
        cwd,
        onLine,
      });
      rmSync(join(into.dir, "work"), { recursive: true, force: true });
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

const lokiStamps = (version: string): string[] => [
  `github.com/grafana/loki/v3/pkg/util/build.Version=${version.slice(1)}`,
];

export const loki = goPart({
  name: "loki",
  of: "github.com/grafana/loki/v3",
  target: "github.com/grafana/loki/v3/cmd/loki",
  stamps: lokiStamps,
  what: "Loki 3.6",
});

/** As upstream's: with the systemd journal, for which it needs C. */
export const promtail = goPart({
  name: "promtail",
  pins: "loki",
  of: "github.com/grafana/loki/v3",
  target: "github.com/grafana/loki/v3/clients/cmd/promtail",
  stamps: lokiStamps,
  what: "Promtail 3.6, with the systemd journal",
  cgo: { tags: "promtail_journal_enabled", linker: "", journal: true },
});

export const cadvisor = goPart({
  name: "cadvisor",
  of: "github.com/google/cadvisor",
  target: "tool",
  stamps: (version) => [`github.com/google/cadvisor/version.Version=${version}`],
  what: "cAdvisor",
  // Its program sets the flag `v` before the logger defines it, which panics since Go 1.21.
  prepare: async (source) => {
    const file = join(source, "cadvisor.go");
    const text = readFileSync(file, "utf8");
    const line = '\tflag.Set("v", "2")\n';
    if (!text.includes(line)) throw new Error("cadvisor.go does not set the flag v any more");
    writeFileSync(file, text.replace(line, ""));
  },
});

/** Of all its components the ones that an agent for logs and metrics needs; see docs/rig.md. */
export const alloy = goPart({
  name: "alloy",
  of: "github.com/grafana/alloy",
  target: "tool",
  stamps: (version) => [`github.com/grafana/alloy/internal/build.Version=${version}`],
  what: "Alloy, with its components for logs, discovery, scraping and remote write",
  cgo: { tags: "promtail_journal_enabled", linker: "", journal: true },
  inputs: alloyInputs,
  prepare: async (source) => reduceAlloy(source),
});

const grafanaPackage = "github.com/grafana/grafana/pkg";

/** What the server reads beside its program. Its web pages are not built; the API needs none of them. */
const grafanaFolders = ["conf", "public/views", "public/emails", "public/dashboards", "public/app/plugins"];

export const grafana = goPart({
  name: "grafana",
  of: "github.com/grafana/grafana",
  target: `${grafanaPackage}/cmd/grafana`,
  stamps: () => [`main.version=${grafanaVersion}`],
  what: "Grafana's server, without its web pages",
  // Its SQLite is written in C.
  cgo: {
    tags: "netgo osusergo sqlite_omit_load_extension",
    linker: "-linkmode external -extldflags -static",
  },
  // The code that wires its services together is generated and not in the module.
  prepare: async (source, into) => {
    const options = {
      cwd: dirname(source),
      log: into.log,
      timeoutMs: 1_800_000,
      env: { GOTOOLCHAIN: "local", GOWORK: "off", GOFLAGS: "-p=2 -buildvcs=false -mod=readonly" },
    };
    into.note("generating its wiring");
    const wire = join(dirname(source), "wire");
    await run([...go, "build", "-o", wire, "github.com/google/wire/cmd/wire"], options);
    await run(["nice", "-n", "15", wire, "gen", "-tags", "oss", `${grafanaPackage}/server`], options);
    for (const folder of grafanaFolders) {
      cpSync(join(source, folder), join(into.dir, "share", folder), {
        recursive: true,
        filter: (path) => !/\.(tsx?|scss|snap)$/.test(path),
      });
    }
  },
});

export const pause = goPart({
  name: "pause",
  of: "",
  target: ".",
  stamps: () => [],
  what: "the process that holds a pod's namespaces",
});

export const binary = (partDir: string, name: string): string => join(partDir, "bin", name);
