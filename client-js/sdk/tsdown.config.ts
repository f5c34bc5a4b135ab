import { defineConfig } from "tsdown";

/** Each is a subpath of the package; `index` is its root. */
const SUBPATHS = [
  "index",
  "presence",
  "watch",
  "sse",
  "shared-worker",
  "shared-worker-serve",
  "graph",
  "trace",
  "optimistic",
  "realtime",
  "analytics",
  "preact",
  "react",
];

export default defineConfig([
  {
    entry: SUBPATHS.map((name) => `src/${name}.ts`),
    format: ["esm", "cjs"],
    dts: true,
    target: "es2022",
    fixedExtension: true,
    clean: true,
  },
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
    entry: SUBPATHS.map((name) => `src/${name}.ts`),
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
