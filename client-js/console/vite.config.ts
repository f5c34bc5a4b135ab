import { defineConfig } from "vitest/config";

export default defineConfig({
  base: "./",
  oxc: { jsx: { runtime: "automatic", importSource: "preact" } },
  build: {
    target: "es2022",
    modulePreload: { polyfill: false },
    assetsInlineLimit: 0,
    rolldownOptions: { output: { entryFileNames: "assets/[name]-[hash].js" } },
  },
  test: { include: ["test/**/*.test.{ts,tsx}"], restoreMocks: true },
});
