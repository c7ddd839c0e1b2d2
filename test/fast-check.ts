// One seed for every run, so that CI judges the change and not the dice. FC_SEED=random (or a number) explores further.
import fc from "fast-check";

const wanted = process.env.FC_SEED;
if (wanted !== "random")
  fc.configureGlobal({ ...fc.readConfigureGlobal(), seed: Number(wanted ?? 20_261_122) });
