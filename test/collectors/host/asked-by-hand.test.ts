// Answers as people get them on the command line, whole: with the head of the HTTP answer, with curl's own words, after a blank line.
import { expect, test } from "vitest";
import { analyseTexts } from "../../../src/diagnose/diagnose.ts";

const factsOf = (text: string) =>
  analyseTexts({ "session.txt": text }, { rules: [], version: "0", mode: "diagnose" });

test("curl -i: the head is no body, and the body behind the blank line is no prose", () => {
  const { factSet, gaps } = factsOf(`ops@bridge:~$ curl -si http://10.42.0.31:3000/api/health
HTTP/1.1 200 OK
Content-Type: application/json; charset=UTF-8

{"commit":"1e84fed","database":"ok","version":"11.2.2"}
ops@bridge:~$ curl -si http://10.42.0.31:3100/ready
HTTP/1.1 503 Service Unavailable
Content-Type: text/plain; charset=utf-8

Ingester not ready: waiting for 15s after being ready
`);
  const answers = factSet.facts["component.health"];
  expect(answers.map(({ component, healthy, at }) => [component, healthy, at.line])).toEqual([
    ["grafana", true, 5],
    ["loki", false, 10],
  ]);
  expect(gaps).toEqual([]);
});

test("curl -v that prints metrics: the connection and the samples are both facts", () => {
  const { factSet } = factsOf(`ops@mon1:~$ curl -sv http://10.9.8.7:9100/metrics
*   Trying 10.9.8.7:9100...
* Connected to 10.9.8.7 (10.9.8.7) port 9100 (#0)
> GET /metrics HTTP/1.1
> Host: 10.9.8.7:9100
>
< HTTP/1.1 200 OK
<
# TYPE node_load1 gauge
node_load1 0.21
`);
  expect(factSet.facts["host.dials"]).toMatchObject([{ outcome: "connected", targetPort: 9100 }]);
  expect(factSet.facts["metrics.samples"]).toMatchObject([{ name: "node_load1", value: 0.21 }]);
});

test("nslookup that finds the name is not taken for kubectl describe", () => {
  const { factSet, gaps } = factsOf(`ops@mon1:~$ nslookup loki.observe.svc.cluster.local 10.96.0.10
Server:		10.96.0.10
Address:	10.96.0.10#53

Name:	loki.observe.svc.cluster.local
Address: 10.244.0.8
`);
  expect(factSet.facts["host.dials"]).toMatchObject([{ outcome: "connected", addresses: ["10.244.0.8"] }]);
  expect(gaps).toEqual([]);
});
