import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";

const sdk = fileURLToPath(new URL("../sdk/src/", import.meta.url));

export default defineConfig({
  base: "./",
  // From source, so that the page needs no built SDK.
  resolve: {
    alias: [
      { find: /^@heliograph\/client$/, replacement: `${sdk}index.ts` },
      { find: /^@heliograph\/client\/(.+)$/, replacement: `${sdk}$1.ts` },
    ],
  },
  oxc: { jsx: { runtime: "automatic", importSource: "preact" } },
  build: {
    target: "es2022",
    modulePreload: { polyfill: false },
    assetsInlineLimit: 0,
    rolldownOptions: { output: { entryFileNames: "assets/[name]-[hash].js" } },
  },
  test: { include: ["test/**/*.test.{ts,tsx}"], restoreMocks: true },
});
