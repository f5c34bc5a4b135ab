import { defineConfig } from "tsdown";

/** What `package.json` exports, by subpath. */
const SUBPATHS = {
  index: "src/index.ts",
  watch: "src/watch/index.ts",
};

export default defineConfig([
  { entry: SUBPATHS, format: ["esm", "cjs"], dts: true, target: "es2022", fixedExtension: true, clean: true },
  // What the gateway serves for pages without a bundler: a classic script and its module twin.
  {
    entry: { sdk: "src/index.ts" },
    outDir: "dist/browser",
    format: ["esm", "iife"],
    globalName: "Heliograph",
    platform: "browser",
    target: "es2022",
    minify: true,
    dts: false,
    clean: false,
    outputOptions: (options, format) => ({
      ...options,
      entryFileNames: format === "iife" ? "[name].js" : "[name].mjs",
    }),
  },
  // What a bundler makes of all subpaths in one page, for their budgets; not published.
  {
    entry: SUBPATHS,
    outDir: "dist/size",
    format: "esm",
    platform: "browser",
    target: "es2022",
    minify: true,
    dts: false,
    clean: false,
    fixedExtension: true,
  },
]);
