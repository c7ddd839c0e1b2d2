// Whose unit it is: `prometheus-node-exporter.service` begins like Prometheus and is not Prometheus'.
import type { Component, Stack } from "../model/stack.ts";

/** The component that this systemd unit runs, by its name and host. */
export function ownerOfUnit(
  { components }: Stack,
  unit: { readonly name: string; readonly host?: string },
): Component | undefined {
  const base = plain(unit.name.replace(/\.service$/, "").replace(/@.*$/, ""));
  const near = components.filter(
    ({ host }) => host === undefined || unit.host === undefined || host === unit.host,
  );
  return (
    near.find(({ name }) => plain(name) === base) ??
    near.find(({ name }) => [`${plain(name)}-server`, `prometheus-${plain(name)}`].includes(base))
  );
}

/** `node_exporter` and `node-exporter` are one program. */
function plain(name: string): string {
  return name.toLowerCase().replaceAll("_", "-");
}
