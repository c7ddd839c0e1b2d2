// Two stacks that between them have every component, every kind of discovery's neighbour and every kind of host.
import { stackOf } from "./stack.ts";

const common = `
schema: watchmend.stack/v1
name: demo
hosts:
  mon: {address: 10.0.0.1, roles: [server, agent], labels: {role: monitoring-vm}}
  jenkins-1: {address: 10.0.0.2, labels: {role: jenkins-vm}}
  jenkins-2: {address: jenkins2.example.org, labels: {role: jenkins-vm}}
  pod: {address: 10.0.0.5, runtime: podman}
  six: {address: "fd00::6"}
  lab: {address: 10.0.0.9, absence: sleeping}
  far: {address: far.example.org, absence: {kind: behind-nat, reason: branch office}}
scrape:
  - {job: jenkins, hosts: {role: jenkins-vm}, port: 8080, path: /prometheus/, basic_auth: {username: prom, password: "\${env:JENKINS_PASSWORD}"}}
  - {job: db, targets: [{target: "db.example.org:9187", labels: {team: a}}, "10.0.0.77:9187"]}
  - {job: web, probe: http_2xx, targets: ["https://example.org"]}
remote_write:
  - {url: "https://long.example.org/api/v1/push", bearer_token: "file:/run/secrets/long", headers: {X-Scope-OrgID: a}}
alerting:
  receivers:
    - {name: all, webhook: {url: "http://10.0.0.1:5001/hook"}}
    - {name: urgent, severities: [critical], match: {team: a}, pagerduty: {key: "\${env:PD}"}}
`;

const files = `
  files:
    - {name: builds, path: /var/lib/jenkins/jobs/*/builds/*/log, hosts: {role: jenkins-vm}, labels: {team: a}, multiline_start: "^\\\\[\\\\d"}
    - {name: app, path: /srv/app/logs/app.log}
`;

export const withAlloy = stackOf(
  `${common}logs:${files}components: {grafana: {admin_password: "\${env:GP}"}}\n`,
);
export const withPromtail = stackOf(
  `${common}logs:\n  agent: promtail${files}discovery: file\ncomponents: {prometheus: {version: 3.5.1, retention: {time: 30d, size: 10GB}}, loki: {version: 3.6.4}, alertmanager: {version: 0.27.0}}\n`,
);
export const everything = [withAlloy, withPromtail];
