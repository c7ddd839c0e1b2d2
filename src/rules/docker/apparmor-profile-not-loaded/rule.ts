// The daemon cannot give containers their AppArmor profile, so none starts.
import { byHand } from "../../by-hand.ts";
import { textRule } from "../../text-rule.ts";

export const rule = textRule({
  id: "docker/apparmor-profile-not-loaded",
  title: "Docker cannot load its AppArmor profile docker-default, so no container starts",
  why: "On a kernel with AppArmor the daemon loads the profile docker-default with apparmor_parser before it starts a container. The tool may be missing, or the daemon itself runs confined (inside an LXC container, as a snap), where it may not change profiles.",
  severity: "critical",
  component: "docker",
  layer: "permissions",
  nature: "cause",
  effect: "down",
  phase: "config",
  from: "any",
  texts: [
    "AppArmor enabled on system but the docker-default profile could not be loaded",
    "apparmor failed to apply profile: {error*}",
    "Check if the specified AppArmor profile is loaded",
    "apparmor_parser: Unable to replace",
  ],
  says: ({ line }) =>
    /while confined|access denied|permission denied/i.test(line.text)
      ? "The AppArmor profile docker-default cannot be loaded: the Docker daemon itself runs confined (an LXC container without nesting, or a snap) and may not change profiles"
      : /executable file not found|no such file/i.test(line.text)
        ? "The AppArmor profile docker-default cannot be loaded: apparmor_parser is missing on the host (package apparmor)"
        : "The AppArmor profile docker-default cannot be loaded, so Docker starts no container",
  decideWith: "aa-status; systemd-detect-virt; which apparmor_parser",
  references: ["https://docs.docker.com/engine/security/apparmor/"],
  fix: (finding) =>
    byHand(
      /confined/.test(finding.says)
        ? "On the outer host allow nesting for the LXC container (features: nesting=1,keyctl=1 in Proxmox) or run Docker in a virtual machine; security_opt: apparmor=unconfined lets a single service start meanwhile"
        : "apt install apparmor, systemctl restart apparmor docker",
      "On the host of the daemon",
      "aa-status | head -3; systemctl status apparmor",
    ),
});
