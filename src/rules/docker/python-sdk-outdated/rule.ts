// The Python library on the managed host does not fit its HTTP library.
import { byHand } from "../../by-hand.ts";
import { textRule } from "../../text-rule.ts";

export const rule = textRule({
  id: "docker/python-sdk-outdated",
  title:
    "Ansible cannot talk to Docker: the host's Python docker library is too old for its requests library",
  why: "docker before 7.1 registers the scheme http+docker in a way that requests 2.32 no longer accepts, so every docker_container task fails with `Not supported URL scheme http+docker` while Docker itself works.",
  severity: "critical",
  component: "docker",
  layer: "version",
  nature: "cause",
  effect: "none",
  from: "any",
  texts: [
    "Not supported URL scheme http+docker",
    "Failed to import the required Python library (Docker SDK for Python",
    "Failed to import the required Python library (docker",
  ],
  says: ({ line }) =>
    /Not supported/.test(line.text)
      ? "The Python docker library on the host is older than 7.1 and does not work with requests 2.32 or newer (Not supported URL scheme http+docker)"
      : "The Python docker library (Docker SDK for Python) is missing for the interpreter that Ansible uses on the host",
  subject: (hit) => ({ kind: "host", id: hit.line.host ?? "host" }),
  decideWith: "python3 -c 'import docker, requests; print(docker.__version__, requests.__version__)'",
  references: [
    "https://github.com/docker/docker-py/issues/3256",
    "https://github.com/ansible-collections/community.docker/issues/860",
  ],
  fix: () =>
    byHand(
      "Install python3-docker 7.1 or newer (pip install 'docker>=7.1') for that interpreter, or update community.docker to 3.10 or newer, which needs no library",
      "On the managed host",
      "pip install 'docker>=7.1.0'",
    ),
});
