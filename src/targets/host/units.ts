// The services of the stack, from `systemctl list-units --plain`: those that are worth a second look.
import type { ComponentKind } from "../../model/component.ts";
import type { Identify } from "./inspected.ts";

export interface SeenUnit {
  readonly name: string;
  /** Undefined for the engine's own services. */
  readonly kind?: ComponentKind;
  readonly isActive: boolean;
}

const line =
  /^\s*(?:[●*x]\s+)?([A-Za-z0-9:_.\\@-]{1,255}\.(?:service|socket))\s+(loaded|not-found|masked|error|bad-setting)\s+(\S+)\s+(\S+)/;
const engineUnit = /^(?:docker|containerd|podman)\./;

/** What is not installed, timers' one-shots and what was never started are no part of the stack. */
export function readUnits(text: string, identify: Identify): readonly SeenUnit[] {
  return text.split("\n").flatMap((row): SeenUnit[] => {
    const match = line.exec(row.slice(0, 2_000));
    if (!match) return [];
    const [, name = "", load, active = "", sub = ""] = match;
    if (load !== "loaded" || !name.endsWith(".service")) return [];
    const isActive = active === "active" && sub === "running";
    if (engineUnit.test(name)) return isActive ? [] : [{ name, isActive }];
    const kind = identify({ words: [name.replace(/\.service$/, "").replace(/@.*$/, "")] });
    return kind === undefined || isFinishedJob(sub) ? [] : [{ name, kind, isActive }];
  });
}

function isFinishedJob(sub: string): boolean {
  return sub === "exited";
}
