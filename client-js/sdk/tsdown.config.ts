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

/** What an application ships that uses these together: one file that exports them, each under a name of its own; for a budget. */
const asOne = (name: string, subpaths: readonly string[]) => ({
  entry: { [name]: name },
  plugins: [
    {
      name,
      resolveId: (id: string) => (id === name ? id : null),
      load: (id: string) =>
        id === name ? subpaths.map((path, i) => `export * as _${i} from "./src/${path}.ts";`).join("\n") : null,
    },
  ],
  outDir: "dist/size",
  format: "esm" as const,
  platform: "browser" as const,
  target: "es2022",
  minify: true,
  dts: false,
  clean: false,
  fixedExtension: true,
});

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
  asOne("largest", ["index", "realtime"]),
  asOne("everything", SUBPATHS),
]);
