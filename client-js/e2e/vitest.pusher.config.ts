import { defineConfig } from "vitest/config";

// Each file has a gateway of its own. Two at a time, for pusher-js's specs do little but wait, for two minutes.
export default defineConfig({
  test: {
    include: ["test/pusher/*.test.ts"],
    maxWorkers: 2,
    testTimeout: 60_000,
    hookTimeout: 120_000,
  },
});
