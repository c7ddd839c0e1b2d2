// Where text came from, as far as its container (file, command, folder) says, before a line is read.
import type { Segment } from "../../model/evidence.ts";

/** A segment without its text: big sources are streamed. */
export type TextOrigin = Omit<Segment, "text">;

/** Who writes the lines that carry no name of their own. */
export interface Speaker {
  readonly namespace?: string;
  readonly pod?: string;
  readonly container?: string;
  readonly host?: string;
  readonly process?: string;
  readonly previous?: boolean;
}

/** Lines inside a log that say whose lines follow. Undefined for all other lines. */
export function speakerChange(line: string, current: Speaker): Speaker | undefined {
  for (const [regex, read] of changes) {
    const match = regex.exec(line);
    if (match) return read(match, current);
  }
  return undefined;
}

const changes: readonly (readonly [RegExp, (match: RegExpExecArray, current: Speaker) => Speaker])[] = [
  // kubectl, when -c is missing.
  [
    /^Defaulted container "([\w.-]{1,63})" out of: /,
    (match, { container: _container, ...current }) => ({ ...current, ...part("container", match[1]) }),
  ],
  // kubectl before 1.20.
  [
    /^Defaulting container name to ([\w.-]{1,63})\.$/,
    (match, { container: _container, ...current }) => ({ ...current, ...part("container", match[1]) }),
  ],
  // kubectl cluster-info dump.
  [
    /^=+ START logs for container ([\w.-]{1,63}) of pod ([\w.-]{1,63})\/([\w.-]{1,253}) =+$/,
    (match, current) => ({
      ...current,
      ...part("container", match[1]),
      ...part("namespace", match[2]),
      ...part("pod", match[3]),
    }),
  ],
  [
    /^=+ END logs for container /,
    (_match, { host, previous }) => ({ ...part("host", host), ...(previous ? { previous } : {}) }),
  ],
  // tail and head of several files; the kubelet names log files `<pod>_<namespace>_<container>-<id>.log`.
  [
    /^==> (\S{1,4000}) <==$/,
    (match, current) => ({
      ...(current.host ? { host: current.host } : {}),
      ...speakerOfPath(match[1] ?? ""),
    }),
  ],
];

/** What the path of a log file says: kubelet, docker and /var/log names. */
export function speakerOfPath(path: string): Speaker {
  const container = /\/var\/log\/containers\/([\w.-]+)_([\w.-]+)_([\w.-]+)-[0-9a-f]{64}\.log/.exec(path);
  if (container)
    return {
      ...part("pod", container[1]),
      ...part("namespace", container[2]),
      ...part("container", container[3]),
    };
  const pod = /\/var\/log\/pods\/([\w.-]+)_([\w.-]+)_[0-9a-f-]{30,40}\/([\w.-]+)\/(\d+)\.log/.exec(path);
  if (pod) return { ...part("namespace", pod[1]), ...part("pod", pod[2]), ...part("container", pod[3]) };
  const file = /\/([\w.-]{1,100}?)(?:\.log)?(?:\.\d+)?$/.exec(path);
  return part("process", file?.[1]);
}

function part<Key extends keyof Speaker>(key: Key, value: Speaker[Key] | undefined): Speaker {
  return value === undefined || value === "" ? {} : { [key]: value };
}
