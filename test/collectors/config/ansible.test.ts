// Ansible: owners and modes per path in run order, loops, substitution, commands, inventories.
import { describe, expect, it } from "vitest";
import { pathChanges } from "../../../src/collectors/config/ansible/commands.ts";
import { render } from "../../../src/collectors/config/ansible/jinja.ts";
import { readFacts } from "./read-facts.ts";

describe("file tasks", () => {
  it("gives one fact per item, with substitution and defaults", () => {
    const text = [
      "- hosts: mon",
      "  vars:",
      "    base: /srv/data",
      "  roles: [common]",
      "  tasks:",
      "    - name: Make folders",
      "      file:",
      '        path: "{{ item.path }}"',
      "        state: directory",
      "        mode: 0750",
      "        owner: \"{{ item.owner | default('root') }}\"",
      "      loop:",
      "        - { path: '{{ base }}/prometheus', owner: '65534' }",
      "        - { path: '{{ base }}/other/' }",
      "    - block:",
      "        - ansible.builtin.shell: |",
      "            set -e",
      "            sudo chown -R 10001:10001 /srv/data/loki && chmod 755 /srv/data",
      "- import_playbook: more.yml",
    ].join("\n");
    const files = readFacts(text).facts["ansible.files"];
    expect(files).toMatchObject([
      { module: "role", path: "common", order: 0 },
      {
        module: "file",
        path: "/srv/data/prometheus",
        owner: "65534",
        mode: "0750",
        hosts: "mon",
        at: { line: 13 },
        ownerAt: { line: 11 },
      },
      { module: "file", path: "/srv/data/other", owner: "root", at: { line: 14 } },
      {
        module: "shell",
        path: "/srv/data/loki",
        owner: "10001",
        group: "10001",
        recurse: true,
        at: { line: 18 },
      },
      { module: "shell", path: "/srv/data", mode: "755", at: { line: 18 } },
      { module: "import_playbook", path: "more.yml", order: 5 },
    ]);
  });

  it("reads the one-line form, with_items over variables and unquoted decimal modes", () => {
    const text = [
      "- hosts: all",
      "  vars: {folders: [/a, /b]}",
      "  tasks:",
      "  - file: path={{ item }} owner=root mode=0755 state=directory",
      '    with_items: "{{ folders }}"',
      "  - copy: {src: x, dest: /c, mode: 755}",
    ].join("\n");
    expect(readFacts(text).facts["ansible.files"]).toMatchObject([
      { path: "/a", owner: "root", mode: "0755" },
      { path: "/b", owner: "root" },
      { path: "/c", mode: "01363" },
    ]);
  });
});

describe("commands", () => {
  it.each([
    ["chown nobody:nogroup /d", [{ path: "/d", owner: "nobody", group: "nogroup" }]],
    [
      "chown -R 472 /a /b",
      [
        { path: "/a", owner: "472", recurse: true },
        { path: "/b", owner: "472", recurse: true },
      ],
    ],
    ["mkdir -p -m 0755 /x/y; echo chown", [{ path: "/x/y", mode: "0755", state: "directory" }]],
    ["install -d -o 65534 -g 65534 /p", [{ path: "/p", owner: "65534", group: "65534" }]],
    ["echo 'chown root /x'", []],
    ["# chown root /x", []],
  ])("%s", (script, expected) => {
    expect(pathChanges(script)).toMatchObject(expected);
    expect(pathChanges(script)).toHaveLength(expected.length);
  });
});

it("declares the containers that tasks start", () => {
  const text = [
    "- hosts: mon",
    "  vars: {port: 9401}",
    "  tasks:",
    "    - community.docker.docker_container:",
    "        name: promtail",
    "        image: grafana/promtail:latest",
    "        published_ports:",
    '          - "127.0.0.1:{{ port }}:9080"',
    "        volumes:",
    "          - /opt/promtail:/etc/promtail:ro",
    "          - data:/data",
    "        network_mode: host",
    "        command: -config.file=/etc/promtail/config.yml -x 'a b'",
    "        env: {A: b}",
    "    - docker_container: {name: old, state: absent}",
  ].join("\n");
  expect(readFacts(text).facts["docker.containers"]).toMatchObject([
    {
      name: "promtail",
      origin: "declared",
      networkMode: "host",
      ports: [{ hostIP: "127.0.0.1", hostPort: 9401, containerPort: 9080, at: { line: 8 } }],
      mounts: [
        { type: "bind", source: "/opt/promtail", target: "/etc/promtail", readOnly: true, at: { line: 10 } },
        { type: "volume", source: "data", target: "/data" },
      ],
      args: ["-config.file=/etc/promtail/config.yml", "-x", "a b"],
      env: [{ name: "A", value: "b" }],
    },
  ]);
});

it("leaves what it cannot know as it is written", () => {
  expect(render("{{ a.b['c'] }}/{{ x }}/{{ y | default('z') }}", { a: { b: { c: 1 } } })).toBe("1/{{ x }}/z");
  expect(render("{{ a }}", { a: "{{ a }}" })).toBe("{{ a }}");
});

describe("inventories", () => {
  it("reads groups at the top, with the variables of all", () => {
    const text =
      "all:\n  vars: {ansible_user: me}\nweb:\n  hosts:\n    a: {ansible_host: h}\nmonitoring:\n  vars: {x: 1}\n  hosts:\n    a:\n    m:\n";
    expect(readFacts(text).facts["ansible.hosts"]).toMatchObject([
      { name: "a", groups: ["web", "monitoring"], vars: { ansible_host: "h", ansible_user: "me", x: "1" } },
      { name: "m", groups: ["monitoring"], vars: { ansible_user: "me" } },
    ]);
  });

  it("reads YAML with inherited groups and ranges", () => {
    const text =
      "all:\n  vars: {ansible_user: me}\n  children:\n    web:\n      hosts:\n        w[1:2]: {}\n      children:\n        db:\n          hosts:\n            d: {ansible_host: 10.0.0.9}\n";
    expect(readFacts(text).facts["ansible.hosts"]).toMatchObject([
      { name: "w1", groups: ["web"], vars: { ansible_user: "me" }, at: { line: 6 } },
      { name: "w2", groups: ["web"] },
      {
        name: "d",
        groups: ["web", "db"],
        vars: { ansible_host: "10.0.0.9", ansible_user: "me" },
        at: { line: 10 },
      },
    ]);
  });
});
