// What a repository has decided to live with, and where that is written down.
import type { ListedSuppression } from "./suppression.ts";

export const ignoreFileName = ".watchmend-ignore.yaml";

export interface IgnoreFile {
  readonly suppressions: readonly ListedSuppression[];
  readonly exclude: readonly string[];
}
