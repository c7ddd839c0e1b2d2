// A log bundle of any size for the benchmark: lines of the usual components, a share of them errors that rules look for.
import { Buffer } from "node:buffer";
import { closeSync, openSync, writeSync } from "node:fs";

type Random = (below: number) => number;
type Line = (n: Random, time: string) => string;

/** Numbers that look random and are the same in every run (mulberry32). */
export function numbers(seed: number): Random {
  let state = seed;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below;
  };
}

function hex(n: Random): string {
  return Array.from({ length: 16 }, () => n(16).toString(16)).join("");
}

const quiet: readonly Line[] = [
  (n, time) =>
    `ts=${time} caller=head.go:761 level=info component=tsdb msg="segment loaded" segment=${n(5000)} max=${n(9000)}`,
  (n, time) =>
    `{"caller":"metrics.go:159","component":"querier","level":"info","msg":"executed","org_id":"fake","query":"sum(rate({job=\\"app\\"}[1m]))","ts":"${time}","lines":${n(1e6)},"throughput":"${n(900)}MB","traceID":"${hex(n)}"}`,
  (n, time) =>
    `logger=context userId=1 orgId=1 uname=admin t=${time} level=info msg="Request Completed" method=GET path=/api/ds/query status=200 remote_addr=10.0.0.${n(255)} time_ms=${n(4000)} size=${n(1e6)} handler=/api/ds/query`,
  (n, time) =>
    `level=info ts=${time} caller=table_manager.go:136 index-store=boltdb-shipper-2020-10-24 msg="uploading tables" table=index_${n(30000)} took=${n(900)}ms`,
  (n, time) =>
    `ts=${time} level=info msg="tail routine: started" component_path=/ component_id=loki.source.file.pods component=tailer path=/var/log/pods/mon_loki-${n(9)}/loki/${n(9)}.log`,
  (n) =>
    `I0102 03:04:${n(60)}.${n(1e6)}       1 httplog.go:132] "HTTP" verb="LIST" URI="/api/v1/pods?limit=500" latency="${n(900)}ms" srcIP="10.244.1.${n(255)}:${32768 + n(20000)}" resp=200`,
  (n, time) =>
    `${time} mon1 dockerd[812]: time="${time}" level=info msg="ignoring event" container=${hex(n)}${hex(n)} module=libcontainerd namespace=moby topic=/tasks/delete`,
];

/** `share`: how many lines of a thousand carry one of the `texts`. */
export function writeLogBundle(path: string, bytes: number, share: number, texts: readonly string[]): void {
  const n = numbers(share + 1);
  const file = openSync(path, "w");
  let written = 0;
  let step = 0;
  while (written < bytes) {
    const rows: string[] = [];
    for (let i = 0; i < 5_000; i += 1) {
      step += 1;
      const time = new Date(1_735_787_045_000 + step * 37).toISOString();
      const line = n(1000) < share ? undefined : quiet[n(quiet.length)];
      rows.push(line ? line(n, time) : badLine(n, time, texts));
    }
    written += writeSync(file, Buffer.from(`${rows.join("\n")}\n`));
  }
  closeSync(file);
}

function badLine(n: Random, time: string, texts: readonly string[]): string {
  const text = texts[n(texts.length)] ?? "";
  return `ts=${time} caller=scrape.go:${n(2000)} level=error component="scrape manager" attempt=${n(1e5)} err="${text}" trace=${hex(n)}`;
}
