import { defineConfig } from "vitest/config";

// One gateway and one bundled app for all files; one file after the other, for they share the gateway's channel.
export default defineConfig({
  test: {
    include: ["test/*.test.ts"],
    globalSetup: ["src/setup.ts"],
    fileParallelism: false,
    testTimeout: 60_000,
    hookTimeout: 120_000,
  },
});
