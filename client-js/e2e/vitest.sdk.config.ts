import { defineConfig } from "vitest/config";

// Each file has a gateway of its own.
export default defineConfig({
  test: {
    include: ["test/sdk/*.test.ts"],
    maxWorkers: 1,
    testTimeout: 60_000,
    hookTimeout: 120_000,
  },
});
