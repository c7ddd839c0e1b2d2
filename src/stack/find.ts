// Look-ups in the stack that rules and the engine share: whose line is this, who answers to that name.
import type { Component, Stack } from "../model/stack.ts";
import type { TextLine } from "../model/text.ts";

/** The component that wrote a line: by pod or container name, else the only one of its kind. */
export function componentOfLine(stack: Stack, line: TextLine): Component | undefined {
  const named = stack.components.filter((component) => isNamed(component, line));
  const ofKind = line.component ? named.filter((component) => component.kind === line.component) : named;
  if (ofKind.length === 1) return ofKind[0];
  if (named.length === 1 && !line.component) return named[0];
  if (!line.component) return undefined;
  const candidates = stack.components.filter(
    (component) => component.kind === line.component && mayBe(component, line),
  );
  return candidates.length === 1 ? candidates[0] : undefined;
}

function isNamed(component: Component, line: TextLine): boolean {
  if (
    line.pod &&
    component.pods.some(
      (pod) =>
        pod.name === line.pod && (!line.namespace || !pod.namespace || pod.namespace === line.namespace),
    )
  ) {
    return !line.container || !component.container || component.container.name === line.container;
  }
  return Boolean(
    line.container &&
      // a pod's container may be called like somebody's Docker container
      !line.pod &&
      component.docker &&
      (component.docker.name === line.container || component.docker.service === line.container) &&
      mayBe(component, line),
  );
}

/** Nothing known about host or namespace speaks against it. */
function mayBe(component: Component, line: TextLine): boolean {
  if (line.host && component.host && line.host !== component.host) return false;
  return !(line.namespace && component.namespace && line.namespace !== component.namespace);
}
