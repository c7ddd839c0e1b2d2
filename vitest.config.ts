import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    setupFiles: ["test/fast-check.ts"],
    include: ["test/**/*.test.ts", "src/**/*.test.ts"],
    exclude: ["test/rig/**", "node_modules/**"],
    reporters: ["default"],
    testTimeout: 20_000,
    pool: "threads",
  },
});
