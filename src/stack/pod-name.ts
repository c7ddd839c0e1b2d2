// Pod names carry the name of what made them; tables often show nothing else.

/** `prometheus-0` → `prometheus`, `grafana-5f879c7654-dnmhs` → `grafana`, `node-exporter-g4lxr` → `node-exporter`. */
export function workloadOfPod(pod: string): string {
  const deployment =
    pod.match(/^(.+)-[a-f0-9]{5,10}-[a-z0-9]{5}$/) ??
    pod.match(/^(.+)-[bcdf0-9ghjklmnpqrstvwxz]{8,10}-[a-z0-9]{5}$/);
  if (deployment?.[1]) return deployment[1];
  const ordinal = pod.match(/^(.+)-\d{1,3}$/);
  if (ordinal?.[1]) return ordinal[1];
  // Kubernetes builds random suffixes from this alphabet only (k8s.io/apimachinery/pkg/util/rand).
  const daemon = pod.match(/^(.+)-[bcdfghjklmnpqrstvwxz2456789]{5}$/);
  return daemon?.[1] ?? pod;
}
