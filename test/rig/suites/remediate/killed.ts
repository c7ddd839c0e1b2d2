// A repair that is killed anywhere: its journal undoes it to the byte, and the next run ends well.

import { samePicture } from "../../repair/there-and-back.ts";
import {
  faultParts,
  isTakenBack,
  noLock,
  past,
  putFaults,
  repairsNow,
  unattended,
} from "../../repair/two-faults.ts";
import { journalLines, watchedRun } from "../../repair/watched-run.ts";
import { hostsDeed, type Scenario } from "../../scenario.ts";

const mostBoundaries = 40;
const randomKills = 50;
/** Every so often the next run is what takes it back, as it is for a person who simply starts it again. */
const nextRunEvery = 10;

export const scenarios: readonly Scenario[] = [
  hostsDeed({
    name: "repair-killed-at-every-boundary",
    title: "killed after every line of its journal, a repair is taken back to the byte",
    core: false,
    needs: faultParts,
    play: async (stage) => {
      const faults = await putFaults(stage);
      let met = 0;
      for (let n = 1; n <= mostBoundaries; n++) {
        const isTime = (fresh: readonly unknown[]): boolean => fresh.length >= n;
        const ran = await watchedRun(stage, unattended, { isTime, signal: "SIGKILL" });
        await isTakenBack(stage, `killed after line ${n}`, faults);
        await noLock(stage, `killed after line ${n}`);
        if (!ran.met) break;
        met = n;
      }
      if (met < 8) throw new Error(`only ${met} boundaries were met`);
    },
  }),
  hostsDeed({
    name: "repair-killed-at-random",
    title: "killed at 50 moments, a repair is taken back to the byte by rollback or by the next run",
    core: false,
    needs: faultParts,
    play: async (stage) => {
      const faults = await putFaults(stage);
      const begun = Date.now();
      await repairsNow(stage, "the whole run");
      const tookMs = Date.now() - begun;
      const lines = journalLines(stage);
      const good = await faults.picture();
      await isTakenBack(stage, "the whole run", faults);
      const [first, last] = [lines[0], lines.findLast(({ what }) => what === "committed")];
      const changingMs = Date.parse(last?.at ?? "") - Date.parse(first?.at ?? "");
      if (!(changingMs > 0)) throw new Error("the whole run left no journal");
      let killed = 0;
      for (let i = 0; i < randomKills; i++) {
        // Four of five while things change, the rest anywhere between start and end.
        const inside = i % 5 !== 0;
        const afterMs = ((((i * 2_654_435_761) % 1000) + 0.5) / 1000) * (inside ? changingMs : tookMs);
        let since: number | undefined;
        const isTime = (fresh: readonly unknown[], ranMs: number): boolean => {
          if (!inside) return ranMs >= afterMs;
          if (fresh.length > 0) since ??= ranMs;
          return since !== undefined && ranMs - since >= afterMs;
        };
        const what = `kill ${i + 1}, ${Math.round(afterMs)} ms after the ${inside ? "first line" : "start"}`;
        const ran = await watchedRun(stage, unattended, { isTime, signal: "SIGKILL" });
        if (ran.met) killed++;
        if (i % nextRunEvery === nextRunEvery - 1) {
          const isOpen = (await past(stage)).some(({ state }) => state === "open");
          if (isOpen) {
            await repairsNow(stage, `${what}: the next run`);
            samePicture(`${what}: after the next run the world`, await faults.picture(), good);
          }
        }
        await isTakenBack(stage, what, faults);
        await noLock(stage, what);
      }
      if (killed < randomKills * 0.9) throw new Error(`only ${killed} runs were killed before their end`);
    },
  }),
];
