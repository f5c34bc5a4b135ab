// Puts a .gz beside every text file of a folder, for a server that sends what is there.
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { extname, join } from "node:path";
import { constants, gzipSync } from "node:zlib";

const TEXT = new Set([".html", ".js", ".mjs", ".css", ".json", ".svg", ".txt"]);

for (const folder of process.argv.slice(2)) {
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    if (entry.isFile() && TEXT.has(extname(entry.name))) {
      const file = join(entry.parentPath ?? entry.path, entry.name);
      writeFileSync(`${file}.gz`, gzipSync(readFileSync(file), { level: constants.Z_BEST_COMPRESSION }));
    }
  }
}
