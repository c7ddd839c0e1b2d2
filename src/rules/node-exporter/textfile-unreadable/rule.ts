// The textfile collector cannot read its folder or one of the files in it.
import type { Component } from "../../../model/stack.ts";
import { byHand } from "../../by-hand.ts";
import { textRule } from "../../text-rule.ts";

/** Debian's build looks at a folder of its own unless told otherwise: where nobody asked for text files, none are missed. */
function isPackagersDefault(component: Component | undefined): boolean {
  const container = component?.container;
  if (
    !component ||
    !container ||
    (container.command === undefined && container.args === undefined && container.state === undefined)
  )
    return false;
  return !component.args.some(({ text }) => text.includes("collector.textfile"));
}

export const rule = textRule({
  id: "node-exporter/textfile-unreadable",
  title:
    "node-exporter's textfile collector cannot read its directory or a .prom file in it (missing, not mounted, or mode 0600)",
  why: "The exporter runs as an ordinary user (nobody or node-exp). A folder that was never created or not mounted into the container, or files written with umask 077 by a root script, cannot be read: node_textfile_scrape_error is 1 and only these metrics are missing. In a container the path must include the prefix of the mount.",
  severity: "warning",
  component: "node-exporter",
  layer: "permissions",
  nature: "cause",
  effect: "no-data-in",
  phase: "run",
  texts: [
    "failed to read textfile collector directory",
    "failed to open textfile data file",
    "failed to collect textfile data",
    "error reading textfile collector directory",
  ],
  except: ["was collected before", "inconsistent metric help"],
  confirm: ({ component }) => ({ holds: !isPackagersDefault(component) }),
  says: ({ line }) => {
    const path =
      line.text.match(/open \\?"?(\/[^\s":\\]+)/)?.[1] ??
      line.text.match(/(?:path|file)="?(\/?[^\s"]+)/)?.[1];
    const why = /no such file/i.test(line.text)
      ? "does not exist where the exporter looks (not created, or not mounted into the container)"
      : /permission denied/i.test(line.text)
        ? "may not be read by the exporter's user (permission denied: folder 755, files 644)"
        : "cannot be read as metrics";
    return `${path ?? "The textfile directory or file"} ${why}: its metrics are missing`;
  },
  rivals: [
    {
      rule: "node-exporter/textfile-series-repeated",
      tellApart: "there the files can be read but say the same series twice",
    },
  ],
  decideWith:
    "ls -la /var/lib/node_exporter/textfile_collector; docker inspect -f '{{.HostConfig.Binds}}' NODE_EXPORTER",
  references: [
    "https://github.com/prometheus/node_exporter/issues/2892",
    "https://github.com/prometheus/node_exporter#textfile-collector",
  ],
  fix: () =>
    byHand(
      "Create the folder (mode 755) and write the files with mode 644; in a container mount it and name the inner path in --collector.textfile.directory",
      "See owner and mode",
      "ls -la /var/lib/node_exporter/textfile_collector",
      "safe",
    ),
});
