// The examples of docs/validate.md, taken from its text as it stands and run for real: systemd timer, cron line, CI, CronJob.
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import {
  grafanaImage,
  lokiImage,
  nodeExporterImage,
  prometheusImage2,
  promtailImage,
} from "../../parts/images.ts";
import { until } from "../../process/wait.ts";
import {
  type ClusterStage,
  clusterDeed,
  contains,
  type HostsStage,
  hostsDeed,
  type Scenario,
  same,
} from "../../scenario.ts";
import { clear, deploy, deployParts, loadImages, model } from "../../stacks/deployed.ts";
import { installOn, packageImage } from "../../stacks/package.ts";
import { arrange as arrangeCluster, green } from "./cluster.ts";
import { arrange as arrangeHosts } from "./hosts.ts";

const page = readFileSync(join(import.meta.dirname, "../../../../docs/validate.md"), "utf8");

/** The code block of the page that begins like this. */
const block = (language: string, begin: RegExp): string => {
  const all = [...page.matchAll(/```(\w+)\n([\s\S]*?)```/g)];
  const found = all.find(([, of, text = ""]) => of === language && begin.test(text));
  if (found?.[2] === undefined) throw new Error(`docs/validate.md has no ${language} block with ${begin}`);
  return found[2];
};

const textfile = "/var/lib/node_exporter/textfile/watchmend.prom";

const timer = async (stage: HostsStage): Promise<void> => {
  await arrangeHosts(stage);
  const { server } = stage.hosts;
  await installOn(stage, server);
  stage.defer(() =>
    server.sh(
      "systemctl disable --now watchmend-validate.timer 2>/dev/null; rm -rf /etc/systemd/system/watchmend-validate.* /var/lib/node_exporter; systemctl daemon-reload",
    ),
  );
  await server.sh("mkdir -p /var/lib/node_exporter/textfile");
  for (const kind of ["service", "timer"]) {
    const text = block("ini", new RegExp(`^# /etc/systemd/system/watchmend-validate\\.${kind}`));
    await server.write(`/etc/systemd/system/watchmend-validate.${kind}`, text);
  }
  await server.sh("systemctl daemon-reload");
  const units = ["service", "timer"].map((kind) => `/etc/systemd/system/watchmend-validate.${kind}`);
  same(
    "what systemd-analyze says",
    (await server.sh(`systemd-analyze verify ${units.join(" ")} 2>&1`)).trim(),
    "",
  );
  await server.run(["systemctl", "start", "watchmend-validate.service"], { timeoutMs: 240_000 });
  const shown = await server.sh(
    "systemctl show watchmend-validate.service -p Result,ExecMainStatus --value | tr '\\n' ' '",
  );
  same("result and exit code of the unit", shown.trim(), "success 0");
  contains(
    "the file for the textfile collector",
    await server.sh(`cat ${textfile}`),
    /^watchmend_validation_ok 1$/m,
  );
  await server.sh(`rm ${textfile}; systemctl enable --now watchmend-validate.timer`);
  const next = await server.sh("systemctl list-timers --no-legend watchmend-validate.timer");
  contains("the timer", next, "watchmend-validate.service");
  await cronLine(stage);
};

/** The line of the crontab, by the shell that cron uses. */
const cronLine = async ({ hosts: { server } }: HostsStage): Promise<void> => {
  const line = block("sh", /^# \/etc\/cron\.d\/watchmend/)
    .split("\n")
    .find((text) => text.startsWith("*/5 "));
  const [, command = ""] = /^(?:\S+ ){5}root (.+)$/.exec(line ?? "") ?? [];
  await server.run(["env", "-i", "PATH=/usr/bin:/bin", "HOME=/root", "sh", "-c", command], {
    timeoutMs: 240_000,
  });
  contains(
    "the file that cron's command wrote",
    await server.sh(`cat ${textfile}`),
    /^watchmend_validation_ok 1$/m,
  );
};

/** Each CI system's line is the same command; what differs is who calls it. */
const ciCommand = (): string => {
  const lines = [
    /run: (watchmend validate .+)$/m.exec(block("yaml", /^# \.github\/workflows/)),
    /script: \[(watchmend validate .+)\]$/m.exec(block("yaml", /^# \.gitlab-ci\.yml/)),
    /sh '(watchmend validate .+)'/.exec(block("groovy", /Jenkinsfile/)),
  ].map((found) => found?.[1]);
  same("how many different commands", new Set(lines).size, 1);
  return lines[0] ?? "";
};

const inPipeline = async (stage: HostsStage): Promise<void> => {
  await clear(stage);
  stage.defer(() => clear(stage));
  await loadImages(stage);
  writeFileSync(join(stage.dir, "watchmend.yaml"), model());
  const applied = await deploy(stage, "apply", "--yes");
  same(`apply (${applied.stderr.slice(-600)})`, applied.code, 0);
  const argv = await stage.watchmendCommand([]);
  const [cli = "", node = ""] = [argv.at(-1), argv.at(-2)];
  const shell = `cd '${stage.dir}'; watchmend() { '${node}' '${cli}' "$@"; }; ${ciCommand()}`;
  const pipeline = (deadline: string): Promise<{ code: number; stderr: string }> =>
    stage.operator(["sh", "-c", shell.replace("--deadline 10m", `--deadline ${deadline}`)], {
      timeoutMs: 240_000,
      allowFailure: true,
    });
  const ran = await pipeline("10m");
  same(`the pipeline's step (${ran.stderr.slice(-600)})`, ran.code, 0);
  const junit = (): string => readFileSync(join(stage.dir, "validate.xml"), "utf8");
  contains("validate.xml", junit(), /^<\?xml[\s\S]*<testsuites[^>]* failures="0"[\s\S]*<testcase /);
  await stage.hosts.jenkins2.docker("stop", "-t", "2", "rig-node-exporter");
  same("the step when an exporter is stopped", (await pipeline("60s")).code, 1);
  contains("validate.xml then", junit(), /<failure /);
};

/** The account and the rights of the page's own command. */
const allow = async ({ cluster, namespace, watchmend, defer }: ClusterStage): Promise<void> => {
  const [, line = ""] =
    /^watchmend (rbac .+) \| kubectl apply -f -$/m.exec(block("sh", /^watchmend rbac /)) ?? [];
  const ran = await watchmend(line.replaceAll("monitoring", namespace).split(" "));
  defer(async () => {
    const gone = ["--ignore-not-found", "--wait=false"];
    await cluster.kubectl(["delete", "clusterrole,clusterrolebinding", "watchmend-read", ...gone]);
  });
  await cluster.apply(ran.stdout);
};

const cronJob = async (stage: ClusterStage): Promise<void> => {
  const { cluster, namespace } = stage;
  await arrangeCluster(stage);
  await green(stage);
  await allow(stage);
  const image = await packageImage(stage);
  const yaml = block("yaml", /^apiVersion: batch\/v1\nkind: CronJob\n/)
    .replaceAll("monitoring", namespace)
    .replace("YOUR_IMAGE_WITH_WATCHMEND", image);
  await cluster.kubectl(["apply", "--validate=strict", "-f", "-"], { input: yaml });
  const job = ["create", "job", "now", "--from=cronjob/watchmend-validate", "-n", namespace];
  await cluster.kubectl(job);
  await until(
    "the job to end",
    async () => {
      const words = ["get", "job", "now", "-n", namespace, "-o", "jsonpath={.status.conditions[*].type}"];
      const ended = (await cluster.kubectl(words)).stdout;
      if (!/Complete|Failed/.test(ended)) throw new Error(`it says ${ended || "nothing yet"}`);
    },
    { timeoutMs: 240_000, everyMs: 2_000 },
  );
  const said = (await cluster.kubectl(["logs", "job/now", "-n", namespace])).stdout;
  const words = ["get", "job", "now", "-n", namespace, "-o", "jsonpath={.status.succeeded}"];
  same(`jobs that succeeded (it said: ${said.slice(-1_500)})`, (await cluster.kubectl(words)).stdout, "1");
};

export const scenarios: readonly Scenario[] = [
  hostsDeed({
    name: "documented-timer",
    title: "the systemd timer and the cron line of the documentation write the metrics of a healthy stack",
    core: false,
    needs: [prometheusImage2, nodeExporterImage, lokiImage, promtailImage],
    play: timer,
  }),
  hostsDeed({
    name: "documented-pipeline",
    title: "the command of the CI examples passes on a deployed stack, and fails when an exporter is stopped",
    core: false,
    needs: deployParts,
    play: inPipeline,
  }),
  clusterDeed({
    name: "documented-cron-job",
    title: "the CronJob of the documentation completes on a healthy cluster, with the built package",
    core: false,
    needs: [grafanaImage, lokiImage, prometheusImage2, promtailImage],
    play: cronJob,
  }),
];
