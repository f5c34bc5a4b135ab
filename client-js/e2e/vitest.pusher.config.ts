import { defineConfig } from "vitest/config";

// Suites that start gateways of their own.
export default defineConfig({
  test: {
    include: ["test/pusher*.test.ts"],
    testTimeout: 60_000,
    hookTimeout: 120_000,
  },
});
