// Every guess tells the one command that would settle it, for the platform and the names at hand.
import { describe, expect, test } from "vitest";
import { analyseTexts } from "../../src/diagnose/diagnose.ts";
import type { Finding } from "../../src/model/finding.ts";
import type { AnyRule } from "../../src/model/rule.ts";
import { defineRule } from "../../src/model/rule.ts";
import { rules } from "../../src/rules/registry.ts";

function find(
  evidence: Record<string, string>,
  id: string,
  with_: readonly AnyRule[] = rules,
): Finding | undefined {
  const { report } = analyseTexts(evidence, { rules: with_, version: "0.0.0", mode: "diagnose" });
  return report.findings.find((finding) => finding.rule === id);
}

function guess(decideWith: string | undefined): AnyRule {
  return defineRule({
    id: "cadvisor/guess",
    title: "A guess about cAdvisor for this test",
    why: "It only exists to be settled.",
    severity: "warning",
    component: "cadvisor",
    layer: "config",
    nature: "cause",
    effect: "none",
    needs: [],
    uses: ["host.disks"],
    references: [],
    ...(decideWith ? { decideWith } : {}),
    check: (_facts, stack) =>
      stack.components
        .filter(({ kind }) => kind === "cadvisor")
        .map(({ id, at }) => ({
          subject: { kind: "component" as const, id },
          component: id,
          says: "perhaps",
          proof: [at],
          certainty: "likely" as const,
        })),
  }) as unknown as AnyRule;
}

const docker = {
  "ps.txt":
    '$ docker ps\nCONTAINER ID   IMAGE                             COMMAND   CREATED       STATUS       PORTS      NAMES\n91be0a77c1d2   ghcr.io/google/cadvisor:v0.53.0   "/u"      2 hours ago   Up 2 hours   8080/tcp   mon-cadvisor-1\n',
};
const cluster = {
  "pods.txt":
    "$ kubectl -n mon get pods\nNAME             READY   STATUS    RESTARTS   AGE\ncadvisor-7k2lp   1/1     Running   0          3d\n",
};

describe("the command of a guess", () => {
  test("names the container at hand", () => {
    const found = find(docker, "cadvisor/guess", [
      guess("docker inspect CADVISOR; stat -fc %T /sys/fs/cgroup"),
    ]);
    expect(found?.decideWith).toBe("docker inspect mon-cadvisor-1; stat -fc %T /sys/fs/cgroup");
  });

  test("is one that can be typed on this platform", () => {
    const both = "docker inspect CADVISOR; kubectl -n NAMESPACE describe pod POD";
    expect(find(docker, "cadvisor/guess", [guess(both)])?.decideWith).toBe("docker inspect mon-cadvisor-1");
    expect(find(cluster, "cadvisor/guess", [guess(both)])?.decideWith).toBe(
      "kubectl -n mon describe pod cadvisor-7k2lp",
    );
  });

  test("keeps quotes and apostrophes as they are", () => {
    const text = "curl -v http://T/ # from Prometheus' side; echo 'a; b'";
    expect(find(docker, "cadvisor/guess", [guess(text)])?.decideWith).toBe(text);
  });

  test("asks for a fact the rule would use when the rule names no command", () => {
    expect(find(docker, "cadvisor/guess", [guess(undefined)])?.decideWith).toBe("df -h; df -i");
  });

  test("is not given for what is proven", () => {
    const evidence = {
      "compose.yaml":
        'services:\n  cadvisor:\n    image: ghcr.io/google/cadvisor:v0.53.0\n    command: ["--whitelisted_container_labels=a, b"]\n',
    };
    const found = find(evidence, "cadvisor/label-list-has-spaces");
    expect(found?.certainty).toBe("proven");
    expect(found?.decideWith).toBeUndefined();
  });
});
