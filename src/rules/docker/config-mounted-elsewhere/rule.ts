// The configuration is mounted, but not where the program looks for it: the image's own default runs.

import type { ComponentKind } from "../../../model/component.ts";
import type { DockerContainer, DockerMount } from "../../../model/docker.ts";
import type { FindingDraft } from "../../../model/finding.ts";
import type { DocumentEdit } from "../../../model/plan.ts";
import { defineRule } from "../../../model/rule.ts";
import { listAt, textAt } from "../../../stack/config-value.ts";
import { byHand } from "../../by-hand.ts";
import { ownerOf, repair } from "../../change-configuration.ts";
import { changeService, servicesOf } from "../../change-container.ts";

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
  uses: ["config.documents", "kubernetes.objects"],
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
  fix(finding, facts, stack) {
    const repaired = repair(
      "Mount the file where the program looks for it",
      "disruptive",
      servicesOf(ownerOf(finding, stack)?.docker, facts).flatMap((service) =>
        changeService(service, "Mount the file where it is read", mountEdits(service.value, finding.says)),
      ),
    );
    if (repaired) return repaired;
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
  // A template's expression is no path.
  if (/[\s{}]/.test(target)) return false;
  return (
    (file.test(name(target)) || file.test(name(source))) &&
    (source === undefined || /\.\w+$/.test(name(source))) &&
    !/rules|web/.test(target)
  );
}

function covers(target: string, path: string): boolean {
  return target === path || path.startsWith(`${target.replace(/\/$/, "")}/`);
}

function mountEdits(body: unknown, says: string): readonly DocumentEdit[] {
  const [, wrong, right] = /is mounted at (\S+): .* mount it at (\S+) or/.exec(says) ?? [];
  if (wrong === undefined || right === undefined) return [];
  return listAt(body, "volumes").flatMap((volume, i): DocumentEdit[] => {
    if (typeof volume !== "string")
      return textAt(volume, "target") === wrong
        ? [{ op: "replace", path: ["volumes", i, "target"], value: right, expect: wrong }]
        : [];
    const parts = volume.split(":");
    const at = parts.indexOf(wrong);
    if (at < 1) return [];
    return [{ op: "replace", path: ["volumes", i], value: parts.with(at, right).join(":"), expect: volume }];
  });
}
