// The look at data that flows, while the targets are open: lines of our own where they were asked for, then Grafana.
import type { ReadSession, Target } from "../model/target.ts";
import { flyCanaries } from "./canaries.ts";
import type { ValidateOptions } from "./commands/validate.ts";
import { grafanaDoors } from "./grafana-doors.ts";
import type { LoginHeader } from "./grafana-login.ts";
import { askGrafana } from "./grafana-look.ts";
import type { ThirdLook } from "./live.ts";

export function flowLook({ canary, grafanaUrl }: ValidateOptions, login: LoginHeader | undefined): ThirdLook {
  return async (targets: readonly Target[], { stack }, session: ReadSession) => {
    const hosts = targets.flatMap(({ perch }) => perch ?? []);
    const clusters = targets.flatMap(({ clusterPerch }) => clusterPerch ?? []);
    const flown = canary ? await flyCanaries({ hosts, clusters }, stack, session) : [];
    const doors = grafanaDoors(stack, {
      perches: hosts,
      clusters,
      ...(grafanaUrl === undefined ? {} : { url: grafanaUrl }),
      ...(login === undefined ? {} : { login }),
    });
    const sent = flown.flatMap(({ arrived }) => arrived ?? []);
    const shown = await Promise.all(doors.map((door) => askGrafana(door, sent, session)));
    return [...flown.map(({ item }) => item), ...shown.flat()];
  };
}
