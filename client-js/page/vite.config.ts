import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";

export default defineConfig({
  base: "./",
  // From source, so that the page needs no built SDK.
  resolve: { alias: { "@heliograph/client": fileURLToPath(new URL("../sdk/src/index.ts", import.meta.url)) } },
  oxc: { jsx: { runtime: "automatic", importSource: "preact" } },
  build: {
    target: "es2022",
    modulePreload: { polyfill: false },
    assetsInlineLimit: 0,
    rolldownOptions: { output: { entryFileNames: "assets/[name]-[hash].js" } },
  },
  test: { include: ["test/**/*.test.{ts,tsx}"], restoreMocks: true },
});
