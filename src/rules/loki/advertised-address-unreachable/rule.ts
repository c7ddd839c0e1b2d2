// Parts of Loki call each other at an address of the wrong interface.
import { readDialError } from "../../dial-text.ts";
import { textRule } from "../../text-rule.ts";

const unreachable = ["network is unreachable", "no route to host", "i/o timeout"];
const activities = [
  "error contacting scheduler",
  "error contacting frontend",
  "error notifying frontend about finished query",
  "error notifying scheduler about finished query",
];

export const rule = textRule({
  id: "loki/advertised-address-unreachable",
  title: "Loki advertises an address of an interface that its other parts cannot reach",
  why: "Each part registers the first private address of eth0 or of a listed interface. With several networks (two compose networks, a CNI bridge, an ingress overlay) that can be one the others are not on: queries hang until they time out, while pushes work.",
  severity: "critical",
  component: "loki",
  layer: "network",
  nature: "cause",
  effect: "no-answer",
  texts: [
    ...activities.flatMap((activity) => unreachable.map((end) => `${activity}…${end}`)),
    "error notifying frontend about finished query…DeadlineExceeded",
  ],
  except: ["dial tcp 127.0.0.1:"],
  about: "loki",
  uses: ["docker.networks", "docker.containers", "config.documents"],
  confirm(hit, facts) {
    const ip = readDialError(hit.line.text)?.host ?? dialled(hit.line.text);
    if (!ip || !/^\d+\.\d+\.\d+\.\d+$/.test(ip)) return {};
    const network = facts["docker.networks"].find(({ subnets }) =>
      subnets?.some((subnet) => sameNet(subnet, ip)),
    );
    const containers = facts["docker.containers"].filter(({ image, name }) =>
      /loki/.test(`${image} ${name}`),
    );
    const several = containers.find(({ networks }) => (networks?.length ?? 0) > 1);
    const proof = [...(network ? [network.at] : []), ...(several ? [several.at] : [])];
    const where = network ? `, which lies in the network ${network.name}` : "";
    const both = several
      ? `; container ${several.name} is on ${several.networks?.map(({ name }) => name).join(" and ")}`
      : "";
    return {
      ...(several ? { holds: true } : {}),
      proof,
      says: `A part of Loki dials ${ip}${where} and cannot reach it${both}: it was registered from the wrong interface. Set common.instance_interface_names (or common.instance_addr, memberlist.advertise_addr) to the shared network`,
    };
  },
  says: () =>
    "A part of Loki dials an address it cannot reach: the peer registered the address of another interface. Set common.instance_interface_names to the shared one",
  rivals: [
    {
      rule: "loki/frontend-worker-port-mismatch",
      tellApart: "there the address is the process's own and the connection is refused at once",
    },
  ],
  decideWith:
    "curl -s -H 'Accept: application/json' http://LOKI:3100/ring; ip -4 addr   # in both containers",
  references: ["https://github.com/grafana/loki/issues/9887", "https://github.com/grafana/loki/issues/8321"],
  fix: () => ({
    summary:
      "Set common.instance_interface_names: [ethN] (the interface of the shared network), or common.instance_addr and frontend.address",
    risk: "disruptive",
    steps: [
      {
        do: "by-hand",
        title: "Name the interface all parts share in common.instance_interface_names, then restart them",
        command: "ip -4 -o addr",
      },
    ],
  }),
});

function dialled(text: string): string | undefined {
  return /dial tcp (\d+\.\d+\.\d+\.\d+):/.exec(text)?.[1];
}

function sameNet(subnet: string, ip: string): boolean {
  const [net = "", bits = "24"] = subnet.split("/");
  const width = 32 - Number(bits);
  return numberOf(net) !== undefined && (numberOf(net) ?? 0) >>> width === (numberOf(ip) ?? -1) >>> width;
}

function numberOf(ip: string): number | undefined {
  const parts = ip.split(".").map(Number);
  return parts.length === 4 && parts.every((part) => part >= 0 && part < 256)
    ? parts.reduce((sum, part) => sum * 256 + part, 0)
    : undefined;
}
