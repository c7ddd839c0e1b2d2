// The configuration is mounted, but not where the program looks for it: the image's own default runs.
import type { ComponentKind } from "../../../model/component.ts";
import type { DockerContainer, DockerMount } from "../../../model/docker.ts";
import type { FindingDraft } from "../../../model/finding.ts";
import { defineRule } from "../../../model/rule.ts";
import { byHand } from "../../by-hand.ts";

interface Defaults {
  readonly flag: RegExp;
  /** What the image's own command names. */
  readonly path: string;
  readonly image: RegExp;
  /** Files of that component, by name. */
  readonly file: RegExp;
}

/** Read from the images' Dockerfiles. */
const programs: Partial<Readonly<Record<ComponentKind, Defaults>>> = {
  prometheus: {
    flag: /^--?config\.file(?:=|$)/,
    path: "/etc/prometheus/prometheus.yml",
    image: /(?:^|\/)prom(?:etheus)?\/prometheus(?:[:@]|$)/,
    file: /^prom[\w.-]*\.ya?ml$/,
  },
  alertmanager: {
    flag: /^--?config\.file(?:=|$)/,
    path: "/etc/alertmanager/alertmanager.yml",
    image: /(?:^|\/)prom(?:etheus)?\/alertmanager(?:[:@]|$)/,
    file: /^alert-?manager[\w.-]*\.ya?ml$/,
  },
  loki: {
    flag: /^--?config\.file(?:=|$)/,
    path: "/etc/loki/local-config.yaml",
    image: /(?:^|\/)grafana\/loki(?:[:@]|$)/,
    file: /^(?:loki|local-config)[\w.-]*\.ya?ml$/,
  },
  promtail: {
    flag: /^--?config\.file(?:=|$)/,
    path: "/etc/promtail/config.yml",
    image: /(?:^|\/)grafana\/promtail(?:[:@]|$)/,
    file: /^promtail[\w.-]*\.ya?ml$/,
  },
  alloy: {
    flag: /^(?!-)\S+\.(?:alloy|river)$/,
    path: "/etc/alloy/config.alloy",
    image: /(?:^|\/)grafana\/alloy(?:[:@]|$)/,
    file: /\.(?:alloy|river)$/,
  },
};

export const rule = defineRule({
  id: "docker/config-mounted-elsewhere",
  title:
    "The configuration file is mounted at another path than the program reads, so the image's default configuration runs",
  why: "The image starts its program with a path of its own (Prometheus /etc/prometheus/prometheus.yml, Loki /etc/loki/local-config.yaml, Promtail /etc/promtail/config.yml). A file mounted under another name is never opened and nothing is logged: Prometheus runs with the single job prometheus, Loki with its example.",
  severity: "critical",
  component: "docker",
  layer: "config",
  nature: "cause",
  effect: "no-data-in",
  phase: "config",
  needs: ["docker.containers"],
  rivals: [
    {
      rule: "docker/bind-source-became-directory",
      tellApart: "there the path is right and a directory stands there",
    },
    {
      rule: "prometheus/reload-endpoint-off",
      tellApart: "there the file is read, but only at the next start",
    },
  ],
  decideWith:
    "docker inspect -f '{{json .Args}} {{json .Mounts}}' CONTAINER; curl -s http://PROMETHEUS:9090/api/v1/status/config",
  references: [
    "https://github.com/prometheus/prometheus/blob/main/Dockerfile",
    "https://github.com/grafana/loki/blob/main/cmd/loki/Dockerfile",
  ],
  check(_facts, stack) {
    return stack.components.flatMap((component): FindingDraft[] => {
      const known = programs[component.kind];
      const container = component.docker;
      if (!known || !container) return [];
      const path = configPath(container, known);
      const mounts = container.mounts ?? [];
      const stray = mounts.find((mount) => isConfigFile(mount, known) && mount.target !== path);
      if (!path || !stray || mounts.some((mount) => covers(mount.target, path))) return [];
      return [
        {
          subject: { kind: "component", id: component.id },
          component: component.id,
          says: `${component.name} reads ${path}, but ${stray.source ?? "the file"} is mounted at ${stray.target}: nothing is mounted where it looks, so the image's default configuration is in force; mount it at ${path} or set the flag (config.file=${stray.target})`,
          proof: [stray.at, ...(container.argsAt ? [container.argsAt] : [])],
          certainty: "proven",
        },
      ];
    });
  },
  fix: (finding) => {
    const path = /mount it at (\S+)/.exec(finding.says)?.[1] ?? "the path the program reads";
    return byHand(
      `Mount the file at ${path} (or name its path in --config.file), then create the container anew`,
      "In the compose file, then docker compose up -d",
    );
  },
});

/** The path in force; undefined when the command is not known well enough. */
function configPath(container: DockerContainer, { flag, path, image }: Defaults): string | undefined {
  const { args, entrypoint } = container;
  const words = [...(entrypoint ?? []), ...(args ?? [])];
  const at = words.findIndex((word) => flag.test(word));
  const word = words[at];
  if (word !== undefined) {
    if (!word.startsWith("-")) return word.startsWith("/") ? word : undefined;
    const value = word.includes("=") ? word.slice(word.indexOf("=") + 1) : words[at + 1];
    return value?.startsWith("/") ? value : undefined;
  }
  // a command of its own, without the flag, replaces the image's; a table shows no command
  const isWhole = container.origin === "declared" || container.declared !== undefined;
  return words.length === 0 && isWhole && image.test(container.image ?? "") ? path : undefined;
}

function isConfigFile({ target, source }: DockerMount, { file }: Defaults): boolean {
  const name = (path: string | undefined): string => path?.slice(path.lastIndexOf("/") + 1) ?? "";
  return (
    file.test(name(target)) &&
    (source === undefined || /\.\w+$/.test(name(source))) &&
    !/rules|web/.test(target)
  );
}

function covers(target: string, path: string): boolean {
  return target === path || path.startsWith(`${target.replace(/\/$/, "")}/`);
}
