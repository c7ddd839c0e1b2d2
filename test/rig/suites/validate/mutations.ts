// Mutation proof on real hosts: ten healthy runs in a row are green, then each fault turns exactly its own checks red.
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { lokiImage, promtailImage } from "../../parts/images.ts";
import { until } from "../../process/wait.ts";
import { type HostsStage, hostsScenario, type Scenario, same } from "../../scenario.ts";
import { configFile, isUp, stackParts, targetOf, writeTargets } from "../../stacks/hosts.ts";
import { arrange, failing, green, startAgent, told, validate } from "./hosts.ts";

const runs = 10;

const both = ["jenkins1:9100", "jenkins2:9100"] as const;

const down = (stage: HostsStage, address: string): Promise<void> =>
  until(`${address} to be down`, async () => {
    const { health } = await targetOf(stage, address);
    if (health !== "down") throw new Error(`it is ${health}`);
  });

const expectFile = (stage: HostsStage): string => {
  const file = join(stage.dir, "expect.yaml");
  const targets = both.map((instance) => `  - {job: node, instance: "${instance}"}\n`).join("");
  writeFileSync(file, `targets:\n${targets}hosts: [jenkins1]\n`);
  return file;
};

type Mutation = {
  readonly what: string;
  readonly turns: readonly string[];
  readonly flags?: (stage: HostsStage) => readonly string[];
  readonly inject: (stage: HostsStage) => Promise<unknown>;
  readonly recover: (stage: HostsStage) => Promise<unknown>;
};

const mutations: readonly Mutation[] = [
  {
    what: "Prometheus is stopped",
    turns: ["pods/containers-running"],
    inject: ({ hosts }) => hosts.server.docker("stop", "-t", "5", "prometheus"),
    recover: async (stage) => {
      await stage.hosts.server.docker("start", "prometheus");
      await isUp(stage, ...both);
    },
  },
  {
    // a canary would be unknown: there is nobody to ask
    what: "Loki is stopped",
    turns: ["agents/reachable", "pods/containers-running"],
    inject: ({ hosts }) => hosts.server.docker("stop", "-t", "5", "loki"),
    recover: async ({ hosts }) => {
      await hosts.server.docker("start", "loki");
      await until("Loki to be ready", () => hosts.server.sh("curl -sSf -m 2 http://127.0.0.1:3100/ready"), {
        timeoutMs: 90_000,
      });
    },
  },
  {
    what: "a firewall drops what comes to the exporter",
    turns: ["agents/bind-address", "agents/reachable", "flow/hosts-measured", "targets/up"],
    inject: async (stage) => {
      await stage.hosts.jenkins1.sh("iptables -I INPUT -p tcp --dport 9100 -j DROP");
      await down(stage, "jenkins1:9100");
    },
    recover: async (stage) => {
      await stage.hosts.jenkins1.sh("iptables -D INPUT -p tcp --dport 9100 -j DROP");
      await isUp(stage, ...both);
    },
  },
  {
    what: "a declared target was never rendered",
    // only jenkins1 was declared as a host, since jenkins2 has no log agent
    turns: ["targets/expected"],
    flags: (stage) => ["--expect", `${expectFile(stage)}`],
    inject: async (stage) => {
      await writeTargets(stage, "jenkins1:9100");
      await until("the target to be gone", async () => {
        const gone = await targetOf(stage, "jenkins2:9100").then(
          () => false,
          () => true,
        );
        if (!gone) throw new Error("it is still there");
      });
    },
    recover: async (stage) => {
      await writeTargets(stage, ...both);
      await isUp(stage, ...both);
    },
  },
  {
    what: "a target's name resolves to nothing",
    turns: ["dns/names-resolve", "targets/up"],
    inject: async (stage) => {
      await writeTargets(stage, ...both, "nowhere.invalid:9100");
      await down(stage, "nowhere.invalid:9100");
    },
    recover: async (stage) => {
      await writeTargets(stage, ...both);
      await until("the target to be gone", async () => {
        const gone = await targetOf(stage, "nowhere.invalid:9100").then(
          () => false,
          () => true,
        );
        if (!gone) throw new Error("it is still there");
      });
    },
  },
  {
    what: "the configuration on disk was changed and never loaded",
    turns: ["config/running-is-disk"],
    // in place: a file that sed replaces would be another fault, since the container keeps the old one
    inject: ({ hosts }) =>
      hosts.server.sh(
        `cp ${configFile} ${configFile}.bak && sed 's/scrape_interval: 1s/scrape_interval: 7s/' ${configFile}.bak >${configFile}`,
      ),
    recover: ({ hosts }) =>
      hosts.server.sh(`cat ${configFile}.bak >${configFile} && rm -f ${configFile}.bak`),
  },
];

const turn = async (stage: HostsStage, { what, turns, flags, inject, recover }: Mutation): Promise<void> => {
  await inject(stage);
  const validation = await validate(stage, ...(flags?.(stage) ?? []));
  same(
    `what fails when ${what} (${told(validation, "fail").join("; ")})`,
    failing(validation),
    turns.toSorted(),
  );
  await recover(stage);
};

export const scenarios: readonly Scenario[] = [
  hostsScenario({
    name: "mutations",
    title: "ten healthy runs are green, and each of several faults turns exactly its own checks red",
    core: false,
    needs: [...stackParts, lokiImage, promtailImage],
    arrange: async (stage) => {
      await arrange(stage);
      for (let run = 0; run < runs; run += 1) await green(stage);
    },
    healthy: green,
    inject: async (stage) => {
      for (const mutation of mutations) await turn(stage, mutation);
      await green(stage);
      await startAgent(stage, 3101);
    },
    expect: async (stage) => {
      const validation = await validate(stage, "--canary");
      same(`what fails (${told(validation, "fail").join("; ")})`, failing(validation), [
        "agents/reachable",
        "flow/canary-lines",
      ]);
    },
    finds: { roots: ["host/nothing-listens"] },
    recover: (stage) => startAgent(stage, 3100),
  }),
];
