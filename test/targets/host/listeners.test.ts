// A part that is bound to one address of its host is asked there, and on no other.
import { expect, test } from "vitest";
import { addressOf, readListeners } from "../../../src/targets/host/listeners.ts";

const ss = `Netid State  Recv-Q Send-Q   Local Address:Port    Peer Address:Port Process
udp   UNCONN 0      0            127.0.0.53%lo:53         0.0.0.0:*     users:(("systemd-resolve",pid=501,fd=13))
tcp   LISTEN 0      4096          192.0.2.12:9080        0.0.0.0:*     users:(("promtail",pid=901,fd=8))
tcp   LISTEN 0      4096             0.0.0.0:3100        0.0.0.0:*
tcp   LISTEN 0      4096        [2001:db8::7]:9091           [::]:*
tcp   LISTEN 0      4096                   *:9100              *:*     users:(("node_exporter",pid=77,fd=3))
tcp   LISTEN 0      128            192.0.2.12:9093        0.0.0.0:*
tcp   LISTEN 0      128             127.0.0.1:9093        0.0.0.0:*
`;
const netstat = `Proto Recv-Q Send-Q Local Address           Foreign Address         State       PID/Program name
tcp        0      0 192.0.2.12:9080         0.0.0.0:*               LISTEN      901/promtail
tcp6       0      0 :::9100                 :::*                    LISTEN      77/node_exporter
tcp        0      0 192.0.2.12:9080         192.0.2.11:41000        ESTABLISHED 901/promtail
`;

test.each([
  [9080, "192.0.2.12"],
  [3100, "127.0.0.1"],
  [9091, "[2001:db8::7]"],
  [9100, "127.0.0.1"],
  [9093, "127.0.0.1"],
  [12345, "127.0.0.1"],
])("ss: port %i is asked at %s", (port, address) => {
  expect(addressOf(port, readListeners(ss))).toBe(address);
});

test("netstat says the same", () => {
  const listeners = readListeners(netstat);
  expect([9080, 9100].map((port) => addressOf(port, listeners))).toEqual(["192.0.2.12", "127.0.0.1"]);
});

test("without a list of sockets it is the loopback address", () => {
  expect(addressOf(9090, readListeners(""))).toBe("127.0.0.1");
});
