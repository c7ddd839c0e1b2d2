// The one command that gets a missing fact, per family; printed wherever something could not be told.
import type { ComponentKind } from "../model/component.ts";
import type { FactId } from "../model/facts.ts";

interface Question {
  readonly what: string;
  readonly kubernetes?: string;
  readonly docker?: string;
}

const questions: Readonly<Record<FactId, Question>> = {
  "text.lines": {
    what: "logs",
    kubernetes:
      "kubectl -n NAMESPACE logs POD --all-containers --previous; kubectl -n NAMESPACE logs POD --all-containers",
    docker: "docker logs --timestamps --tail 500 CONTAINER",
  },
  "kubernetes.pods": { what: "pods", kubernetes: "kubectl get pods -A -o wide" },
  "kubernetes.workloads": {
    what: "workload objects",
    kubernetes: "kubectl -n NAMESPACE get deploy,sts,ds -o yaml",
  },
  "kubernetes.services": { what: "Services", kubernetes: "kubectl -n NAMESPACE get svc -o yaml" },
  "kubernetes.endpoints": {
    what: "endpoints",
    kubernetes: "kubectl -n NAMESPACE get endpointslices -o yaml",
  },
  "kubernetes.claims": { what: "volume claims", kubernetes: "kubectl -n NAMESPACE get pvc -o wide" },
  "kubernetes.volumes": { what: "persistent volumes", kubernetes: "kubectl get pv -o yaml" },
  "kubernetes.storageclasses": { what: "storage classes", kubernetes: "kubectl get storageclass" },
  "kubernetes.nodes": { what: "nodes", kubernetes: "kubectl describe nodes" },
  "kubernetes.events": {
    what: "events",
    kubernetes: "kubectl -n NAMESPACE get events --sort-by=.lastTimestamp",
  },
  "kubernetes.configmaps": { what: "ConfigMaps", kubernetes: "kubectl -n NAMESPACE get configmaps -o yaml" },
  "kubernetes.objects": { what: "objects as YAML", kubernetes: "kubectl -n NAMESPACE get KIND -o yaml" },
  "docker.containers": { what: "containers", docker: "docker inspect $(docker ps -aq)" },
  "docker.networks": { what: "Docker networks", docker: "docker network inspect $(docker network ls -q)" },
  "docker.engines": { what: "the Docker engine", docker: "docker version; docker info" },
  "host.listeners": { what: "listening sockets", docker: "ss -ltnup" },
  "host.firewall": { what: "firewall rules", docker: "iptables-save; nft list ruleset; ufw status verbose" },
  "host.firewallstates": { what: "firewall state", docker: "ufw status verbose; firewall-cmd --state" },
  "host.disks": { what: "disk and inode use", docker: "df -h; df -i" },
  "host.files": { what: "owner and mode of the data directory", docker: "stat -c '%u:%g %a %n' DIRECTORY" },
  "host.users": { what: "the process's user and groups", docker: "id USER" },
  "host.clocks": { what: "the clock", docker: "timedatectl; chronyc tracking" },
  "host.routes": { what: "routes", docker: "ip route" },
  "host.addresses": { what: "addresses", docker: "ip addr" },
  "host.dials": {
    what: "a connection test from the side that needs it",
    docker: "curl -v --max-time 5 http://HOST:PORT/",
  },
  "host.settings": { what: "kernel settings", docker: "sysctl fs.inotify; getenforce" },
  "host.processes": { what: "processes", docker: "ps -eo pid,user,args" },
  "host.mounts": { what: "mounts", docker: "findmnt" },
  "host.units": { what: "systemd units", docker: "systemctl status UNIT" },
  "host.versions": { what: "versions", docker: "docker version; prometheus --version" },
  "config.documents": {
    what: "configuration",
    kubernetes: "kubectl -n NAMESPACE get configmaps -o yaml",
    docker: "docker exec CONTAINER cat CONFIG_FILE",
  },
  "prometheus.targets": { what: "scrape targets", docker: "curl -s http://PROMETHEUS:9090/api/v1/targets" },
  "prometheus.rules": { what: "loaded rules", docker: "curl -s http://PROMETHEUS:9090/api/v1/rules" },
  "component.flags": { what: "start flags", docker: "curl -s http://PROMETHEUS:9090/api/v1/status/flags" },
  "component.health": { what: "readiness answers", docker: "curl -si http://HOST:PORT/ready" },
  "loki.ring": { what: "Loki's ring", docker: "curl -s -H 'Accept: application/json' http://LOKI:3100/ring" },
  "loki.labels": { what: "the labels Loki knows", docker: "curl -s http://LOKI:3100/loki/api/v1/labels" },
  "grafana.datasources": {
    what: "Grafana's data sources",
    docker: "curl -su USER http://GRAFANA:3000/api/datasources",
  },
  "grafana.dashboards": {
    what: "Grafana's dashboards",
    docker: "curl -su USER 'http://GRAFANA:3000/api/search?type=dash-db'",
  },
  "flow.datasources": {
    what: "what comes back through Grafana's data sources",
    docker: "watchmend validate --host HOST --grafana-login '${env:GRAFANA_LOGIN}'",
  },
  "metrics.samples": { what: "metrics", docker: "curl -s http://HOST:PORT/metrics" },
  "flow.canaries": {
    what: "a line sent through the agents to Loki",
    docker: "watchmend validate --host HOST --canary",
  },
  "ansible.files": { what: "Ansible tasks", docker: "git ls-files '*.yml'" },
  "ansible.hosts": { what: "the Ansible inventory", docker: "ansible-inventory --list" },
};

/** What is missing, in words, and the command that would show it on the platform the evidence comes from. */
export function question(
  id: FactId,
  kind: ComponentKind | undefined,
  onKubernetes: boolean,
): { what: string; decideWith: string } {
  const entry = questions[id];
  const of = kind && kind !== "kubernetes" && kind !== "host" && kind !== "docker" ? ` of ${kind}` : "";
  const command = (onKubernetes ? entry.kubernetes : entry.docker) ?? entry.docker ?? entry.kubernetes ?? "";
  return { what: `${entry.what}${of}`, decideWith: command };
}
