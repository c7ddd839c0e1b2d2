// What the rig says while it works: one line per step on stderr with the time since the start; results go to stdout.
const startedAt = Date.now();

export const seconds = (ms: number): string => {
  const whole = Math.round(ms / 100) / 10;
  if (whole < 60) return `${whole.toFixed(1)} s`;
  return `${Math.floor(whole / 60)} min ${Math.round(whole % 60)} s`;
};

export const say = (line: string): void => {
  const total = Math.floor((Date.now() - startedAt) / 1000);
  const clock = `${String(Math.floor(total / 60)).padStart(2, "0")}:${String(total % 60).padStart(2, "0")}`;
  process.stderr.write(`[${clock}] ${line}\n`);
};
