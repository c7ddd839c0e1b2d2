// What makes a document one of a kind: the keys it has, and how sure they make it.
import type { ConfigKind } from "../../../model/config.ts";
import type { Shape } from "../shape.ts";

export interface KindSign {
  readonly kind: ConfigKind;
  /** How sure these keys make it: 0.9 nothing else has them, 0.6 others might. */
  readonly score: number;
  matches(shape: Shape): boolean;
}
