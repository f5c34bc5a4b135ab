// `npm ci`, but only if the lock file has changed since the last one.
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));
const stamp = `${root}node_modules/.installed`;
const lock = createHash("sha256")
  .update(readFileSync(`${root}package-lock.json`))
  .update(process.version)
  .digest("hex");

if (existsSync(stamp) && readFileSync(stamp, "utf8") === lock) {
  console.log("npm packages are as the lock file says");
} else {
  const npm = process.env.npm_execpath ?? "npm";
  const [command, ...before] = npm.endsWith("js") ? [process.execPath, npm] : [npm];
  const { status } = spawnSync(command, [...before, "ci", "--ignore-scripts"], { cwd: root, stdio: "inherit" });
  if (status !== 0) {
    process.exit(status ?? 1);
  }
  writeFileSync(stamp, lock);
}
