// What a unit of systemd is asked: its state, its files, and the configuration that its program reads.
import { quoteWord } from "../../model/quote.ts";
import type { ReadLimits } from "../../model/target.ts";
import { apiCommands } from "./api-look.ts";
import { knowledge } from "./component-knowledge.ts";
import { filesBelow, folderOf } from "./files-look.ts";
import type { HostRights } from "./host-command.ts";
import { addressOf, type Listeners } from "./listeners.ts";
import { type Draft, mostLogLines } from "./look-draft.ts";
import type { SeenUnit } from "./units.ts";

const shown = [
  "Id",
  "LoadState",
  "ActiveState",
  "SubState",
  "Result",
  "UnitFileState",
  "ExecMainStatus",
  "NRestarts",
  "User",
  "FragmentPath",
];

export function unitOf(
  { name, kind, isActive }: SeenUnit,
  limits: ReadLimits,
  fetch: HostRights["fetch"],
  listeners: Listeners,
): Draft[] {
  const word = quoteWord(name);
  const hints = kind === undefined ? {} : { item: { hints: { component: kind } } };
  const log = `{asroot} journalctl -u ${word} --since -${limits.sinceSeconds}s -n ${mostLogLines} --no-pager -o short-iso`;
  const base: Draft[] = [
    {
      text: `systemctl show ${word} -p ${shown.join(",")}`,
      why: "state and last end of the stack's services",
      optional: true,
    },
    {
      text: log,
      run: `${log} 2>&1 | tail -c ${limits.logBytes}`,
      tool: "journalctl",
      why: "what the stack's services say",
      isLog: true,
      optional: true,
      ...hints,
    },
  ];
  if (kind === undefined) return base;
  const known = knowledge[kind];
  const folder = known?.configFile === undefined ? undefined : folderOf(known.configFile);
  return [
    ...base,
    { text: `systemctl cat ${word}`, why: "how the stack's services are started", optional: true },
    ...(folder === undefined
      ? []
      : [{ ...filesBelow(folder, "configuration of the stack's services"), optional: true as const }]),
    ...(isActive && known
      ? apiCommands(kind, fetch, `http://${addressOf(known.port, listeners)}:${known.port}`, {
          component: kind,
        })
      : []),
  ];
}
