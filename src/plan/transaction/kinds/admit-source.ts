// admit-source: one address is let in to one port by the host's own packet filter, where somebody has asked for that.
import { z } from "zod";
import type { Step } from "../../../model/plan.ts";
import { firewallCommands } from "../../firewall-commands.ts";
import { type HostAccess, hostFor, runScript } from "../doors.ts";
import { finish } from "../host-file.ts";
import { defineKind } from "../step-kind.ts";
import { accessTo, reach } from "./file-text.ts";
import { noWayTo } from "./text.ts";

type AdmitStep = Extract<Step, { readonly do: "admit-source" }>;

const image = z.strictObject({
  host: z.string(),
  tool: z.enum(["iptables", "nft", "ufw", "firewalld"]),
  source: z.string(),
  port: z.int(),
  chain: z.string().optional(),
  table: z.string().optional(),
  zone: z.string().optional(),
});
type Image = z.infer<typeof image>;

export const admitSource = defineKind<AdmitStep, Image>({
  does: ["admit-source"],
  parse: (value) => image.parse(value),
  async look({ do: _do, title: _title, ...wish }, { doors, mayOpenFirewall }) {
    const { add, note } = firewallCommands(wish);
    const access = hostFor(doors, wish.host);
    if (!access) return { state: "left", because: noWayTo(wish.host, "the packet filter"), command: add };
    const { host } = access.door;
    const one = { ...wish, host };
    const subject = `${host}: ${wish.tool}`;
    if (await isThere(access, one)) return { state: "already", subject };
    if (!mayOpenFirewall)
      return {
        state: "left",
        because: "a firewall is opened only with --open-firewall",
        command: `ssh ${host}   # as root there: ${add}`,
      };
    return {
      state: "change",
      subject,
      lock: { kind: "host", host },
      before: "",
      after: `${add}\n`,
      fingerprint: "",
      notes: [note],
      image: () => one,
    };
  },
  async act(one, context) {
    const { access, lock } = reach(one.host, context);
    const script = `${lock.fence}${firewallCommands(one).add}`;
    await finish(access, `the rule of ${one.tool}`, await runScript(access, script));
  },
  async where(one, context) {
    return { is: (await isThere(accessTo(context.doors, one.host), one)) ? "after" : "before" };
  },
  async undo(one, context) {
    const { access, lock } = reach(one.host, context);
    const script = `${lock.fence}${firewallCommands(one).remove}`;
    await finish(access, `the rule of ${one.tool}`, await runScript(access, script));
  },
  byHand: (one) => [`# on ${one.host}`, firewallCommands(one).remove],
});

/** Whether the filter answers at all is seen at the change itself, which fails then. */
async function isThere(access: HostAccess, one: Image): Promise<boolean> {
  return (await runScript(access, firewallCommands(one).isThere)).code === 0;
}
