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

/** A module that exports all of them, each under a name of its own. */
const everything = {
  name: "everything",
  resolveId: (id: string) => (id === "everything" ? id : null),
  load: (id: string) =>
    id === "everything" ? SUBPATHS.map((name, i) => `export * as _${i} from "./src/${name}.ts";`).join("\n") : null,
};

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
  // What each subpath is by itself, beside what it shares with others, for its budget; not published.
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
  // And what an application ships that uses all of them: one file.
  {
    entry: { everything: "everything" },
    plugins: [everything],
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
