// `--host`: hosts over ssh, and the machine watchmend runs on.
import type { Target } from "../model/target.ts";
import { kindOfArguments, kindOfImage, kindOfName } from "../stack/identify.ts";
import { hostTarget } from "../targets/host/host-target.ts";
import type { Identify } from "../targets/host/inspected.ts";
import { hostChoice } from "./host-choice.ts";
import type { LiveOptions } from "./live-options.ts";
import type { TargetKind } from "./target-kinds.ts";

export const hostTargets: TargetKind = {
  options: "--host",
  async open(options: LiveOptions): Promise<readonly Target[]> {
    const { addresses, ssh } = hostChoice(options);
    return addresses.map((address) => hostTarget(address, { ssh, identify }));
  },
};

export const identify: Identify = ({ image, words, name }) =>
  kindOfImage(image) ?? kindOfArguments(words ?? []) ?? kindOfName(name);
