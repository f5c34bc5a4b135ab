// The reference of all that is exported, a page for each subpath; a warning fails.
import { readFileSync } from "node:fs";

const { exports } = JSON.parse(readFileSync(new URL("package.json", import.meta.url), "utf8"));
const subpaths = Object.keys(exports).filter((path) => path !== "./package.json");

export default {
  entryPoints: subpaths.map((path) => (path === "." ? "src/index.ts" : `src/${path.slice(2)}.ts`)),
  out: "dist/reference",
  readme: "README.md",
  excludeInternal: true,
  excludePrivate: true,
  treatWarningsAsErrors: true,
  disableSources: true,
  // Between modules, or in a signature only to find the types that somebody gave.
  intentionallyNotExported: ["Member", "Said", "Out", "TypeOf", "Worker", "Envelope", "ServerPayloads"],
};
