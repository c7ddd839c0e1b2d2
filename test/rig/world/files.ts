// Writes into a host's file system before the host runs: the overlay's upper layer, with the owners Debian gave the folders.
import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";

export type Placed = {
  readonly path: string;
  readonly text: string;
  readonly mode?: number;
  readonly uid?: number;
};

export type Layer = { readonly upper: string; readonly base: string };

const makeFolder = (layer: Layer, path: string): void => {
  const target = join(layer.upper, path);
  if (existsSync(target)) return;
  if (path !== "/") makeFolder(layer, dirname(path));
  mkdirSync(target, { recursive: true });
  const below = join(layer.base, path);
  if (!existsSync(below)) return;
  const { mode, uid, gid } = statSync(below);
  chmodSync(target, mode & 0o7777);
  chownSync(target, uid, gid);
};

export const place = (layer: Layer, file: Placed): void => {
  makeFolder(layer, dirname(file.path));
  const target = join(layer.upper, file.path);
  rmSync(target, { force: true });
  writeFileSync(target, file.text);
  chmodSync(target, file.mode ?? 0o644);
  chownSync(target, file.uid ?? 0, file.uid ?? 0);
};

/** What `systemctl enable` does for a unit of Debian's or one placed under /etc. */
export const enableUnit = (layer: Layer, unit: string): void => {
  const wants = "/etc/systemd/system/multi-user.target.wants";
  makeFolder(layer, wants);
  const own = `/etc/systemd/system/${unit}`;
  const from = existsSync(join(layer.upper, own)) ? own : `/lib/systemd/system/${unit}`;
  symlinkSync(from, join(layer.upper, wants, unit));
};

export const makeOwnedFolder = (layer: Layer, path: string, mode: number, uid: number): void => {
  makeFolder(layer, path);
  chmodSync(join(layer.upper, path), mode);
  chownSync(join(layer.upper, path), uid, uid);
};
