import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";

const src = fileURLToPath(new URL("src/", import.meta.url));

export default defineConfig({
  // For the samples of the documents, which import the package by its name.
  resolve: {
    alias: [
      { find: /^@heliograph\/client$/, replacement: `${src}index.ts` },
      { find: /^@heliograph\/client\/(.+)$/, replacement: `${src}$1.ts` },
    ],
  },
  test: {
    include: ["test/**/*.test.ts"],
    restoreMocks: true,
    typecheck: { enabled: true, include: ["test/**/*.test-d.ts"], tsconfig: "./tsconfig.test.json" },
  },
});
