// Before a deployment: in order is told as ready, every fault stops with its proof and the next command, not seen is never ok.
import { expect, test } from "vitest";
import type { ImageArchive } from "../../../src/model/preflight.ts";
import { preflightChecks } from "../../../src/plan/preflight/registry.ts";
import { stoppedHosts } from "../../../src/plan/preflight/run-checks.ts";
import { renderPreflight } from "../../../src/report/preflight.ts";
import { firstLook } from "../../../src/targets/host/first-look.ts";
import { judged, loud, model, told, type World } from "./world.ts";

test("two hosts in order: ready, and every check has said so", () => {
  const result = judged();
  expect(result.results.filter(({ state }) => state !== "ok")).toEqual([]);
  expect(result.verdict).toBe("go");
  expect(stoppedHosts(result).size).toBe(0);
});

test("what a check looks at is asked of every host", () => {
  const asked = new Set(firstLook.map(({ id }) => id));
  for (const { id, looks } of preflightChecks)
    expect(looks?.filter((look) => !asked.has(look)) ?? [], id).toEqual([]);
});

const dead = { reached: false, detail: "no answer in time", remedy: "ssh -v app true" } as const;
const dropped =
  (port: number): World["tried"] =>
  (one) =>
    one.port === port ? { end: "timeout", detail: "no answer within 4 seconds" } : {};
const dropRule = "*filter\n:INPUT ACCEPT [0:0]\n-A INPUT -p tcp -m tcp --dport 9100 -j DROP\nCOMMIT\n";
const socket = (address: string, port: number, who: string): string =>
  `Netid State Recv-Q Send-Q Local Address:Port Peer Address:Port Process\ntcp LISTEN 0 4096 ${address}:${port} 0.0.0.0:* users:(("${who}",pid=77,fd=3))\n`;

const cases: readonly (readonly [
  name: string,
  world: World,
  loud: readonly string[],
  says: RegExp,
  next: RegExp,
])[] = [
  [
    "a dead host",
    { sights: { app: dead } },
    ["app ssh stop"],
    /app \(10\.0\.0\.2\) cannot be reached: no answer in time/,
    /ssh -v/,
  ],
  [
    "a sleeping host that sleeps",
    { model: model.replace("port: 2222}}", "port: 2222}, absence: sleeping}"), sights: { app: dead } },
    ["app ssh warn"],
    /declared as sleeping/,
    /ssh/,
  ],
  [
    "neither root nor sudo",
    { sights: { app: { rights: { root: "none", engine: "docker" } } } },
    ["app ssh stop"],
    /ops on app is neither root nor allowed to use sudo/,
    /ssh -p 2222 ops@10\.0\.0\.2 sudo -n true/,
  ],
  [
    "no engine",
    { sights: { app: { rights: { root: "sudo" } } } },
    ["app engine stop"],
    /neither docker nor podman/,
    /command -v docker podman/,
  ],
  [
    "an engine that does not run",
    {
      app: {
        "engine-version":
          "Client:\n Version: 28.3.2\nCannot connect to the Docker daemon at unix:///var/run/docker.sock. Is the docker daemon running?\n",
        "engine-info": undefined,
      },
    },
    ["app engine stop"],
    /does not answer: Cannot connect to the Docker daemon/,
    /systemctl status docker/,
  ],
  [
    "an engine that refuses the pinned agent",
    {
      model: model.replace("components: {", "components: {alloy: {version: 1.10.0}, "),
      app: {
        "engine-version":
          "Server:\n Engine:\n  Version:          29.5.2\n  API version:      1.53 (minimum version 1.44)\n",
        "engine-info": "Server:\n Server Version: 29.5.2\n Docker Root Dir: /var/lib/docker\n",
      },
    },
    ["app engine stop"],
    /alloy 1\.10\.0 cannot talk to Docker 29\.5\.2 on app: it speaks API 1\.43 at most/,
    /pin Alloy 1\.16\.0/,
  ],
  [
    "podman where the model says docker",
    { app: { "engine-version": "Client:       Podman Engine\nVersion:      4.3.1\nAPI Version:  4.3.1\n" } },
    ["app engine stop"],
    /the model says docker, and the engine of app is podman/,
    /runtime: podman/,
  ],
  [
    "an image nowhere",
    {
      app: {
        "images-wanted":
          '0 present sha256:0 amd64\n1 refused Get "https://ghcr.io/v2/": dial tcp: lookup ghcr.io: no such host\n2 present sha256:0 amd64',
      },
    },
    ["app images stop"],
    /ghcr\.io\/google\/cadvisor:0\.60\.5: not on app, and the registry cannot be asked from there/,
    /docker save -o images\/stack\.tar ghcr\.io\/google\/cadvisor:0\.60\.5/,
  ],
  [
    "an image that does not exist",
    {
      app: {
        "images-wanted":
          "0 present x\n1 refused no such manifest: ghcr.io/google/cadvisor:0.60.5\n2 present x",
      },
    },
    ["app images stop"],
    /the registry has no ghcr\.io\/google\/cadvisor/,
    /docker manifest inspect/,
  ],
  [
    "images that nobody could ask about",
    { app: { "images-wanted": { because: "timed-out", detail: "no answer within 25 seconds" } } },
    ["app images unknown"],
    /not known: no answer within 25 seconds/,
    /ssh/,
  ],
  [
    "a port held by a unit",
    {
      app: {
        sockets: socket("*", 9100, "prometheus-node"),
        "port-processes": "9100 77 0::/system.slice/prometheus-node-exporter.service\n",
      },
    },
    ["app ports stop"],
    /port 9100 of app is held by prometheus-node-exporter\.service \(pid 77\)/,
    /sudo systemctl disable --now prometheus-node-exporter\.service/,
  ],
  [
    "a port held by somebody's container",
    {
      app: {
        sockets: socket("0.0.0.0", 9100, "docker-proxy"),
        "port-containers": `${"c".repeat(64)}|/exporter|812||{"9100/tcp":[{"HostIp":"0.0.0.0","HostPort":"9100"}]}\n`,
      },
    },
    ["app ports stop"],
    /held by the container exporter, which is no container of this stack/,
    /hosts\.app\.containers: \{node-exporter: exporter\}/,
  ],
  [
    "a port whose holder is hidden",
    {
      app: {
        sockets:
          "Netid State Recv-Q Send-Q Local Address:Port Peer Address:Port\ntcp LISTEN 0 4096 10.0.0.2:9100 0.0.0.0:*\n",
      },
    },
    ["app ports stop"],
    /who holds it is not shown to this user/,
    /sudo ss -ltnp/,
  ],
  [
    "no list of sockets",
    { app: { sockets: undefined } },
    ["app ports unknown"],
    /who listens on app is not known: neither ss nor netstat/,
    /ss -tulpn/,
  ],
  [
    "an address that is another machine's",
    { app: { addresses: "2: eth0: <UP>\n    inet 192.168.1.7/24 scope global eth0\n" } },
    ["app listen-address stop"],
    /10\.0\.0\.2 is no address of app, which has 192\.168\.1\.7/,
    /hosts\.app\.listen/,
  ],
  [
    "a firewall that drops, with its rule",
    { app: { iptables: dropRule }, tried: dropped(9100) },
    ["app connections stop"],
    /10\.0\.0\.2:9100 from mon does not get through .* with the rule -A INPUT -p tcp -m tcp --dport 9100 -j DROP; Prometheus scrapes node-exporter of app/,
    /iptables -I INPUT -p tcp -s 10\.0\.0\.1 --dport 9100 -j ACCEPT/,
  ],
  [
    "something between the hosts that drops",
    { tried: dropped(9100) },
    ["app connections stop"],
    /though the packet filter of app lets it in: something before app stops it/,
    /iptables-save/,
  ],
  [
    "a connection that nobody could try",
    {
      tried: (one) =>
        one.port === 9100 ? { end: undefined, detail: "the host did not say how it ended" } : {},
    },
    ["app connections unknown"],
    /whether 10\.0\.0\.2:9100 from mon gets through could not be tried/,
    /dev\/tcp/,
  ],
  [
    "refused, and nobody could listen or look at the filter",
    {
      app: { iptables: undefined },
      tried: (one) =>
        one.port === 9100
          ? {
              end: "refused",
              detail: "Connection refused",
              listener: "none",
              listenFailure: "neither python3 nor perl is installed",
            }
          : {},
    },
    ["app connections unknown"],
    /neither python3 nor perl is installed/,
    /iptables-save/,
  ],
  [
    "a full disk",
    {
      app: {
        disks:
          "Filesystem 1024-blocks Used Available Capacity Mounted on\n/dev/vda1 51474912 51400000 9000 100% /\n",
      },
    },
    ["app disk stop"],
    /has 9\.2 MB free, and at least 100\.0 MB are needed/,
    /du -xhd1/,
  ],
  [
    "no inodes",
    {
      app: {
        inodes: "Filesystem Inodes IUsed IFree IUse% Mounted on\n/dev/vda1 3276800 3276790 10 100% /\n",
      },
    },
    ["app disk stop"],
    /has 10 inodes left/,
    /df -i/,
  ],
  [
    "disks that were not read",
    { app: { disks: undefined, inodes: undefined } },
    ["app disk unknown"],
    /how much space app has is not known/,
    /df -P/,
  ],
  [
    "a clock that Loki refuses",
    { sights: { app: { clock: { offset: 700, doubt: 0.2 } } } },
    ["app clock stop"],
    /699\.9 s ahead of that of mon/,
    /chronyc/,
  ],
  [
    "a clock that blurs",
    { sights: { app: { clock: { offset: -9, doubt: 0.2 } } } },
    ["app clock warn"],
    /9\.1 s behind/,
    /timedatectl/,
  ],
  [
    "an old cAdvisor on new control groups",
    {
      model: model.replace("components: {", "components: {cadvisor: {version: 0.36.0}, "),
      app: { cgroups: "cgroup2fs\n" },
      mon: {},
    },
    ["app cgroup warn"],
    /cAdvisor 0\.36\.0 gives containers no names on app/,
    /0\.39\.0/,
  ],
  [
    "one machine under two names",
    { app: { identity: `machine ${"a".repeat(32)}\nlink 52:54:00:00:00:01\n` } },
    ["mon same-machine stop"],
    /mon and app are one machine/,
    /machine-id/,
  ],
  [
    "a data folder that is somebody's",
    {
      mon: {
        "data-folders":
          "0:0 755 directory 2 /opt\n0:0 755 directory 3 /opt/monitoring\n0:0 755 directory 4 /opt/monitoring/data\n0:0 755 directory 5 /opt/monitoring/data/prometheus\n",
        "data-content": "0:0 /opt/monitoring/data/prometheus/wal\n",
      },
    },
    ["mon data-owner stop"],
    /\/opt\/monitoring\/data\/prometheus\/wal of mon does not belong to 65534/,
    /chown 65534:65534/,
  ],
  [
    "a file where a folder must be",
    { mon: { "data-folders": "0:0 755 directory 2 /opt\n0:0 644 regular file 3 /opt/monitoring\n" } },
    ["mon data-owner stop", "mon data-owner stop"],
    /\/opt\/monitoring of mon is no folder/,
    /ls -ld/,
  ],
];

test.each(cases)("%s", (_name, world, expected, says, next) => {
  const results = told(world);
  expect(results.map(({ host, check, state }) => `${host} ${check} ${state}`)).toEqual(expected);
  expect(results[0]?.says).toMatch(says);
  expect(results[0]?.next).toMatch(next);
});

test("a port held by what is ours, or by what is to be adopted, is fine", () => {
  const held = (labels: string): World => ({
    app: {
      sockets: socket("10.0.0.2", 9100, "node_exporter"),
      "port-processes": `9100 77 0::/system.slice/docker-${"c".repeat(64)}.scope\n`,
      "port-containers": `${"c".repeat(64)}|/${labels}|77|${labels === "demo-node-exporter" ? "demo" : ""}|{}\n`,
    },
  });
  expect(loud(held("demo-node-exporter"))).toEqual([]);
  const adopted = model.replace("port: 2222}}", "port: 2222}, containers: {node-exporter: old}}");
  expect(loud({ ...held("old"), model: adopted })).toEqual([]);
  expect(loud(held("old"))).toEqual(["app ports stop"]);
});

test("another address of the same port does not stand in the way", () => {
  expect(loud({ app: { sockets: socket("127.0.0.1", 9100, "x") } })).toEqual([]);
  expect(loud({ app: { sockets: socket("[::]", 9100, "x") } })).toEqual(["app ports stop"]);
});

test("refused without a listener is fine where the packet filter is seen to let it in", () => {
  const tried: World["tried"] = (one) =>
    one.port === 9100 ? { end: "refused", detail: "Connection refused", listener: "none" } : {};
  expect(loud({ tried })).toEqual([]);
});

test("names are asked on the side that dials them", () => {
  const named = model.replace("address: 10.0.0.2", "address: app.example.org, listen: 10.0.0.2");
  expect(loud({ model: named, mon: { names: "app.example.org 10.0.0.2 \n" } })).toEqual([]);
  expect(loud({ model: named, mon: { names: "app.example.org \n" } })).toEqual(["mon names stop"]);
  expect(told({ model: named, mon: { names: "app.example.org 127.0.1.1 \n" } })[0]?.says).toMatch(
    /which is mon itself/,
  );
  expect(loud({ model: named, mon: { names: undefined } })).toEqual(["mon names unknown"]);
});

test("an image from a file: the right architecture, the right name in either spelling", () => {
  const archive = (arch: string): ImageArchive => ({
    file: "images/cadvisor.tar",
    bytes: 80_000_000,
    sha256: "ab".repeat(32),
    images: [{ tags: ["ghcr.io/google/cadvisor:0.60.5"], id: "sha256:1", arch }],
  });
  const absent = { app: { "images-wanted": "0 present x\n1 absent\n2 present x" } };
  const result = judged({ ...absent, archives: [archive("amd64")] });
  expect(result.verdict).toBe("go");
  expect(result.results.map(({ says }) => says).join("\n")).toMatch(
    /pushed from images\/cadvisor\.tar \(80\.0 MB, sha256 abababababab\)/,
  );
  expect(told({ ...absent, archives: [archive("arm64")] })[0]?.says).toMatch(/for arm64, and app is amd64/);
});

test("what is not known stops, unless a person accepts it, and stays visible", () => {
  const world: World = { app: { sockets: undefined } };
  expect(judged(world).verdict).toBe("unknown");
  expect([...stoppedHosts(judged(world)).keys()]).toEqual(["app"]);
  const accepted = judged({ ...world, acceptUnknown: true });
  expect(accepted.verdict).toBe("go");
  expect(accepted.counts.unknown).toBe(1);
  expect(stoppedHosts(accepted).size).toBe(0);
  expect(renderPreflight(accepted)).toContain("1 unknown accepted");
});

test("the page names the host, the proof and the next command", () => {
  const text = renderPreflight(judged({ app: { iptables: dropRule }, tried: dropped(9100) }));
  expect(text).toMatch(/^app {2}1 to look at, \d+ as it should be\n/);
  expect(text).toContain("--dport 9100 -j DROP");
  expect(text).toContain("next: ssh");
  expect(text).toMatch(/Not ready: what says STOP comes first\. Nothing was changed\. \(1 stop/);
});
