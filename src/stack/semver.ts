// Versions are compared in the model, because rendering needs it too; the stack's readers find it here.
export * from "../model/semver.ts";
