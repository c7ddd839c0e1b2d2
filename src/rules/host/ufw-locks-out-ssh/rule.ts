// A playbook that switches ufw on without letting SSH in.
import type { FindingDraft } from "../../../model/finding.ts";
import { isRecord, itemsOf, textOf } from "../../../model/json-value.ts";
import { defineRule } from "../../../model/rule.ts";
import { byHand } from "../../by-hand.ts";

export const rule = defineRule({
  id: "host/ufw-locks-out-ssh",
  title: "A playbook enables ufw without a rule for SSH: the next connection to the host is refused",
  why: "ufw denies incoming connections by default. `state: enabled` without an earlier rule that allows OpenSSH (port 22 or the port in use) keeps only the connection that is open; the run goes on, and nobody gets in afterwards.",
  severity: "notice",
  component: "host",
  layer: "firewall",
  nature: "habit",
  effect: "none",
  needs: ["config.documents"],
  decideWith: "grep -rn -A6 'ufw:' PLAYBOOKS",
  references: ["https://docs.ansible.com/ansible/latest/collections/community/general/ufw_module.html"],
  check({ "config.documents": documents }) {
    const uses = documents.flatMap((document) =>
      document.kind === "ansible-playbook" && document.value !== undefined
        ? ufwTasks(document.value).map((task) => ({ document, task }))
        : [],
    );
    const enables = uses.find(({ task }) => textOf(task.state) === "enabled");
    const allows = uses.some(
      ({ task }) =>
        /^(?:allow|limit)$/.test(textOf(task.rule) ?? "") &&
        /^(?:22|2222|ssh|openssh|\{\{.*)$/i.test(
          textOf(task.port) ?? textOf(task.to_port) ?? textOf(task.name) ?? textOf(task.app) ?? "",
        ),
    );
    const isOpen = uses.some(({ task }) => /allow/.test(textOf(task.policy) ?? textOf(task.default) ?? ""));
    if (!enables || allows || isOpen) return [];
    const line = enables.document.text.split("\n").findIndex((text) => /\bstate:\s*["']?enabled/.test(text));
    const finding: FindingDraft = {
      subject: { kind: "file", id: enables.document.path ?? enables.document.at.source },
      says: `${enables.document.at.source} enables ufw, and no task shown allows SSH: the host locks out its administrators`,
      proof: [
        { source: enables.document.at.source, line: (enables.document.startLine ?? 1) + Math.max(line, 0) },
      ],
      certainty: "likely",
    };
    return [finding];
  },
  fix: () =>
    byHand(
      'A task before it: community.general.ufw: {rule: limit, port: "22", proto: tcp}',
      "In the playbook",
      undefined,
      "safe",
    ),
});

const maxDepth = 8;

/** Arguments of all ufw tasks, blocks included. */
function ufwTasks(value: unknown, depth = 0): Record<string, unknown>[] {
  if (depth > maxDepth) return [];
  return itemsOf(value).flatMap((entry) => {
    if (!isRecord(entry)) return [];
    const own = Object.entries(entry).flatMap(([key, args]) =>
      /(?:^|\.)ufw$/.test(key) && isRecord(args) ? [{ ...args }] : [],
    );
    const inner = ["tasks", "pre_tasks", "post_tasks", "block"].flatMap((key) =>
      ufwTasks(entry[key], depth + 1),
    );
    return [...own, ...inner];
  });
}
