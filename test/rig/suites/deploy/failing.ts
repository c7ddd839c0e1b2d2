// Deployments in which something goes wrong: faulty hosts stop nobody else.
import type { Ran } from "../../process/command.ts";
import { contains, type HostsStage, hostsDeed, type Scenario, same } from "../../scenario.ts";
import { clear, containers, deploy, deployParts, loadImages, writeModel } from "../../stacks/deployed.ts";
import { fullDisk, otherHostKey } from "./preflight.ts";

interface Outcome {
  readonly host: string;
  readonly outcome: string;
  readonly because?: string;
}

interface Report {
  readonly hosts: readonly Outcome[];
}

const begin = async (stage: HostsStage): Promise<void> => {
  stage.defer(() => clear(stage));
  await clear(stage);
  await loadImages(stage);
  writeModel(stage);
};

const reportOf = (ran: Ran): Report => {
  if (ran.code !== 1) throw new Error(`exit ${ran.code}, wanted 1\n${ran.stdout}\n${ran.stderr}`);
  return JSON.parse(ran.stdout) as Report;
};

const outcomes = ({ hosts }: Report): string[] => hosts.map(({ host, outcome }) => `${host} ${outcome}`);

const becauseOf = ({ hosts }: Report, name: string): string =>
  hosts.find(({ host }) => host === name)?.because ?? "";

export const scenarios: readonly Scenario[] = [
  hostsDeed({
    name: "full-disk-and-wrong-host-key",
    title:
      "one host has a full disk and one another key: the third is done, and the report says which and why",
    core: false,
    needs: deployParts,
    play: async (stage) => {
      await begin(stage);
      await fullDisk(stage, "jenkins1");
      await otherHostKey(stage);
      const report = reportOf(await deploy(stage, "apply", "--yes", "--format", "json", "--wait", "90"));
      same(`outcomes: ${JSON.stringify(report)}`, outcomes(report), [
        "jenkins1 refused",
        "jenkins2 unreachable",
        "server done",
      ]);
      contains("the full disk", becauseOf(report, "jenkins1"), /\/opt\/monitoring of jenkins1 .* free/);
      contains("the other key", becauseOf(report, "jenkins2"), /its host key/);
      same("what is left on jenkins1", await containers(stage, "jenkins1"), {});
    },
  }),
];
