// Builds everything, if a source has changed, and lays out the folders that the gateway serves: page, with the SDK beside
// it as a classic script (sdk.js, global Heliograph) and as a module (sdk.mjs), and console.
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));
const [out, stamp] = process.argv.slice(2);
if (out === undefined || stamp === undefined) {
  throw new Error("usage: node build/assemble.mjs FOLDER STAMP_FILE");
}

const SOURCES = [
  "package-lock.json",
  "tsconfig.base.json",
  "build/assemble.mjs",
  "sdk/package.json",
  "sdk/tsconfig.json",
  "sdk/tsdown.config.ts",
  "sdk/src",
  "page/package.json",
  "page/tsconfig.json",
  "page/vite.config.ts",
  "page/index.html",
  "page/build",
  "page/public",
  "page/src",
  "console/package.json",
  "console/tsconfig.json",
  "console/vite.config.ts",
  "console/index.html",
  "console/public",
  "console/src",
];

const sources = fingerprint();
if (existsSync(stamp) && readFileSync(stamp, "utf8") === sources && existsSync(join(out, "console/index.html"))) {
  console.log("page and console are up to date");
} else {
  run("run", "build");
  lay("page", "page/dist", "sdk/dist/browser");
  lay("console", "console/dist");
  writeFileSync(stamp, sources);
}

function fingerprint() {
  const hash = createHash("sha256").update(process.version);
  for (const source of SOURCES) {
    const path = join(root, source);
    const below = readdirSafe(path);
    for (const file of below ?? [path]) {
      hash.update(file.slice(root.length)).update("\0").update(readFileSync(file)).update("\0");
    }
  }
  return hash.digest("hex");
}

/** The files under a folder, in a fixed order; undefined if it is a file itself. */
function readdirSafe(path) {
  try {
    const entries = readdirSync(path, { recursive: true, withFileTypes: true });
    return entries
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath ?? entry.path, entry.name))
      .sort();
  } catch (error) {
    if (error.code === "ENOTDIR") {
      return undefined;
    }
    throw error;
  }
}

function lay(name, ...sources) {
  const folder = join(out, name);
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  for (const source of sources) {
    cpSync(join(root, source), folder, { recursive: true });
  }
  const { status } = spawnSync(process.execPath, [join(root, "page/build/compress.mjs"), folder], { stdio: "inherit" });
  if (status !== 0) {
    process.exit(status ?? 1);
  }
}

function run(...args) {
  const npm = process.env.npm_execpath ?? "npm";
  const [command, ...before] = npm.endsWith("js") ? [process.execPath, npm] : [npm];
  const { status } = spawnSync(command, [...before, ...args], { cwd: root, stdio: "inherit" });
  if (status !== 0) {
    process.exit(status ?? 1);
  }
}
