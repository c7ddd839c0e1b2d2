// Sockets, disks, files, firewall and connection tests as the tools print them.
import { describe, expect, test } from "vitest";
import { curl } from "../../../src/collectors/host/curl.ts";
import { df } from "../../../src/collectors/host/df.ts";
import { iptablesList } from "../../../src/collectors/host/iptables-list.ts";
import { iptablesSave } from "../../../src/collectors/host/iptables-save.ts";
import { ls } from "../../../src/collectors/host/ls.ts";
import { portProbe } from "../../../src/collectors/host/port-probe.ts";
import { sockets } from "../../../src/collectors/host/sockets.ts";
import { factsOf } from "../facts-of.ts";

describe("sockets", () => {
  const listeners = (text: string, command?: string) =>
    factsOf(sockets, text, command).facts["host.listeners"].map(
      (l) => `${l.protocol} ${l.address} ${l.port} ${l.process ?? "-"}`,
    );

  test("ss with and without Netid, with zones and without processes", () => {
    const text = [
      "Netid State  Recv-Q Send-Q      Local Address:Port    Peer Address:Port Process",
      'udp   UNCONN 0      0       127.0.0.53%lo:53           0.0.0.0:*     users:(("systemd-resolve",pid=612,fd=13))',
      'tcp   LISTEN 0      4096                *:9100               *:*     users:(("node_exporter",pid=801,fd=3))',
      "tcp   LISTEN 0      511              [::]:80              [::]:*",
    ].join("\n");
    expect(listeners(text)).toEqual([
      "udp 127.0.0.53 53 systemd-resolve",
      "tcp * 9100 node_exporter",
      "tcp :: 80 -",
    ]);
    expect(listeners("LISTEN 0 128 127.0.0.1:3100 0.0.0.0:*", "ss -ltn | grep 3100")).toEqual([
      "tcp 127.0.0.1 3100 -",
    ]);
  });

  test("netstat and lsof", () => {
    const netstat = [
      "Active Internet connections (only servers)",
      "Proto Recv-Q Send-Q Local Address           Foreign Address         State       PID/Program name",
      "tcp        0      0 127.0.0.1:12345         0.0.0.0:*               LISTEN      1412/alloy",
      "tcp6       0      0 :::9090                 :::*                    LISTEN      -",
      "udp        0      0 0.0.0.0:68              0.0.0.0:*                           633/dhclient",
      "tcp        0      0 10.0.0.5:22             10.0.0.9:50122          ESTABLISHED 99/sshd: me",
    ].join("\n");
    expect(listeners(netstat)).toEqual([
      "tcp 127.0.0.1 12345 alloy",
      "tcp :: 9090 -",
      "udp 0.0.0.0 68 dhclient",
    ]);
    const lsof = [
      "COMMAND    PID USER   FD   TYPE DEVICE SIZE/OFF NODE NAME",
      "grafana   1234  472   11u  IPv6  45321      0t0  TCP *:3000 (LISTEN)",
      "grafana   1234  472   12u  IPv4  45399      0t0  TCP 10.0.0.5:40122->10.0.0.6:3100 (ESTABLISHED)",
    ].join("\n");
    expect(listeners(lsof)).toEqual(["tcp * 3000 grafana"]);
  });
});

describe("df", () => {
  test("human sizes, types, inodes, wrapped device names", () => {
    const human = factsOf(
      df,
      "Filesystem      Size  Used Avail Use% Mounted on\n/dev/vda2        20G   20G     0 100% /srv/my data",
    ).facts["host.disks"];
    expect(human).toMatchObject([
      {
        mount: "/srv/my data",
        size: 20 * 1024 ** 3,
        available: 0,
        usedPercent: 100,
        unit: "bytes",
        at: { line: 2 },
      },
    ]);
    const typed = factsOf(
      df,
      "Filesystem     Type  1K-blocks   Used Available Use% Mounted on\nnas:/x         nfs4       1000    500       500  50% /mnt",
    ).facts["host.disks"];
    expect(typed).toMatchObject([{ type: "nfs4", size: 1_024_000, filesystem: "nas:/x" }]);
    const inodes = factsOf(
      df,
      "Filesystem      Inodes   IUsed IFree IUse% Mounted on\n/dev/sda1      6553600 6553600     0  100% /var",
    ).facts["host.disks"];
    expect(inodes).toMatchObject([{ unit: "inodes", size: 6553600, available: 0, usedPercent: 100 }]);
    const wrapped = [
      "Filesystem           1K-blocks      Used Available Use% Mounted on",
      "/dev/mapper/very-long-volume-group-name-root",
      "                      10188088   4188088   5475428  43% /",
    ].join("\n");
    expect(factsOf(df, wrapped).facts["host.disks"]).toMatchObject([
      {
        filesystem: "/dev/mapper/very-long-volume-group-name-root",
        mount: "/",
        usedPercent: 43,
        at: { line: 3 },
      },
    ]);
  });
});

describe("ls -l", () => {
  test("names, numbers, headings, links, missing paths", () => {
    const text = [
      "ls: cannot access '/srv/none': No such file or directory",
      "/srv/data:",
      "total 12K",
      "drwxr-sr-x+  3 root   systemd-journal 4.0K Nov 23 14:00 .",
      "drwxr-xr-x  12 root   root            4096 Aug 28  2025 ..",
      "drwxrwx---   9 10001  10001            134 Oct  9 17:32 loki",
      "lrwxrwxrwx   1 root   root               9 2026-01-02 10:11 current -> /srv/v2",
      "-rwsr-x---.  1 nobody nogroup         1,5G Okt 10 14:08 blob",
    ].join("\n");
    const { facts } = factsOf(ls, text, "ls -la /srv/none /srv/data");
    expect(facts["host.files"]).toMatchObject([
      { path: "/srv/none", missing: true, at: { line: 1 } },
      { path: "/srv/data", uid: 0, group: "systemd-journal", mode: 0o2755, hasAcl: true, type: "directory" },
      { path: "/srv", mode: 0o755 },
      { path: "/srv/data/loki", uid: 10001, gid: 10001, mode: 0o770 },
      { path: "/srv/data/current", type: "link", linkTarget: "/srv/v2" },
      {
        path: "/srv/data/blob",
        mode: 0o4750,
        owner: "nobody",
        group: "nogroup",
        size: Math.round(1.5 * 1024 ** 3),
      },
    ]);
  });

  test("relative names get the listed folder, inside a container", () => {
    const { facts } = factsOf(
      ls,
      "total 4\ndrwxr-xr-x 2 0 0 4096 Aug 15 12:00 data",
      "docker exec -it graf ls -ln /var/lib/grafana/",
    );
    expect(facts["host.files"]).toMatchObject([{ path: "/var/lib/grafana/data", container: "graf", uid: 0 }]);
  });

  test("SELinux contexts", () => {
    const { facts } = factsOf(
      ls,
      "drwxr-xr-x. 2 root root unconfined_u:object_r:user_home_t:s0 6 Mar  1 10:00 /home/me/prom",
    );
    expect(facts["host.files"]).toMatchObject([
      { selinuxContext: "unconfined_u:object_r:user_home_t:s0", path: "/home/me/prom" },
    ]);
  });
});

describe("iptables", () => {
  test("save", () => {
    const text = [
      "*filter",
      ":INPUT DROP [12:720]",
      "-A INPUT -s 10.0.0.0/8 -p tcp -m tcp --dport 9100 -j ACCEPT",
      '-A INPUT ! -i lo -p tcp -m multiport --dports 9090,3100:3110 -m comment --comment "keep out" -j REJECT --reject-with tcp-reset',
      "[5:300] -A FORWARD -m set --match-set friends src -j ACCEPT",
      "COMMIT",
    ].join("\n");
    expect(factsOf(iptablesSave, text).facts["host.firewall"]).toMatchObject([
      { chain: "INPUT", action: "DROP", isPolicy: true, packets: 12, at: { line: 2 } },
      { chain: "INPUT", action: "ACCEPT", source: "10.0.0.0/8", ports: ["9100"], protocol: "tcp" },
      { action: "REJECT", inInterface: "!lo", ports: ["9090", "3100:3110"] },
      { chain: "FORWARD", action: "ACCEPT", isPartial: true, packets: 5 },
    ]);
  });

  test("list", () => {
    const text = [
      "Chain INPUT (policy DROP 77K packets, 5M bytes)",
      " pkts bytes target     prot opt in     out     source               destination",
      "  12K  900K DROP       tcp  --  eth0   *       0.0.0.0/0            0.0.0.0/0            tcp dpt:9100",
      "    0     0 ACCEPT     6    --  *      *       10.0.0.0/8           0.0.0.0/0            multiport dports 80,443",
      "",
      "Chain DOCKER (1 references)",
      "target     prot opt source               destination",
      "ACCEPT     tcp  --  anywhere             172.17.0.2           tcp dpt:3000",
    ].join("\n");
    expect(factsOf(iptablesList, text).facts["host.firewall"]).toMatchObject([
      { chain: "INPUT", action: "DROP", isPolicy: true, packets: 77_000 },
      { action: "DROP", packets: 12_000, inInterface: "eth0", ports: ["9100"], protocol: "tcp" },
      { action: "ACCEPT", source: "10.0.0.0/8", ports: ["80", "443"], protocol: "tcp" },
      { chain: "DOCKER", action: "ACCEPT", destination: "172.17.0.2", ports: ["3000"] },
    ]);
  });
});

describe("dials", () => {
  const outcome = (text: string, command: string, parser = curl) => {
    const [dial] = factsOf(parser, text, command).facts["host.dials"];
    return dial && `${dial.targetHost}:${dial.targetPort} ${dial.outcome}`;
  };

  test("curl errors", () => {
    const url = "curl -sS http://mon:9090/metrics";
    expect(outcome("curl: (7) Failed to connect to mon port 9090 after 1 ms: Connection refused", url)).toBe(
      "mon:9090 refused",
    );
    expect(outcome("curl: (7) Failed to connect to mon port 9090: No route to host", url)).toBe(
      "mon:9090 no-route",
    );
    expect(outcome("curl: (6) Could not resolve host: mon", url)).toBe("mon:9090 nxdomain");
    expect(outcome("curl: (28) Connection timed out after 5001 milliseconds", url)).toBe("mon:9090 timeout");
    expect(outcome("curl: (52) Empty reply from server", url)).toBe("mon:9090 empty-reply");
    expect(outcome("curl: (56) Recv failure: Connection reset by peer", url)).toBe("mon:9090 reset");
    expect(outcome("curl: (60) SSL certificate problem: self-signed certificate", "curl https://mon/")).toBe(
      "mon:443 tls",
    );
  });

  test("curl -v and bodies", () => {
    const verbose = [
      "*   Trying 10.0.0.5:3100...",
      "* Connected to loki (10.0.0.5) port 3100 (#0)",
      "> GET /ready HTTP/1.1",
      "> Host: loki:3100",
      "< HTTP/1.1 503 Service Unavailable",
      "< Content-Type: text/plain",
      "<",
      "Ingester not ready: waiting for 15s after being ready",
    ].join("\n");
    const read = factsOf(curl, verbose);
    expect(read.facts["host.dials"]).toMatchObject([
      {
        targetHost: "loki",
        targetPort: 3100,
        outcome: "http-error",
        httpStatus: 503,
        addresses: ["10.0.0.5"],
        at: { line: 5 },
      },
    ]);
    expect(read.children.map((child) => [child.startLine, child.text])).toEqual([
      [8, "Ingester not ready: waiting for 15s after being ready"],
    ]);
    expect(outcome("200", "curl -s -o /dev/null -w '%{http_code}' http://mon:9100/metrics")).toBe(
      "mon:9100 connected",
    );
  });

  test("nc, telnet, wget in their dialects", () => {
    expect(outcome("Connection to mon 9100 port [tcp/*] succeeded!", "nc -zv mon 9100", portProbe)).toBe(
      "mon:9100 connected",
    );
    expect(
      outcome(
        "nc: connect to mon (10.0.0.5) port 9100 (tcp) failed: Connection refused",
        "nc -vz mon 9100",
        portProbe,
      ),
    ).toBe("mon:9100 refused");
    expect(outcome("Ncat: Connection timed out.", "nc -zv -w 2 mon 9100", portProbe)).toBe(
      "mon:9100 timeout",
    );
    expect(outcome("mon [10.0.0.5] 9100 (?) open", "nc -zv mon 9100", portProbe)).toBe("mon:9100 connected");
    expect(
      outcome(
        "Trying 10.0.0.5...\ntelnet: Unable to connect to remote host: No route to host",
        "telnet mon 9100",
        portProbe,
      ),
    ).toBe("mon:9100 no-route");
    expect(
      outcome(
        "wget: can't connect to remote host (10.0.0.5): Connection refused",
        "docker exec p wget -qO- http://mon:9100",
        portProbe,
      ),
    ).toBe("mon:9100 refused");
    expect(outcome("wget: bad address 'loki:3100'", "wget -qO- http://loki:3100/ready", portProbe)).toBe(
      "loki:3100 nxdomain",
    );
  });
});
