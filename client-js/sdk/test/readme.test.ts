/** Compiles every sample of the README, and runs those that say what they print. */
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it, vi } from "vitest";
import { complaints, samplesOf, sdk } from "./samples.ts";

const samples = samplesOf(join(sdk, "README.md"));
const running = samples.filter((code) => code.includes("// →"));

describe("README.md", () => {
  it("has samples that compile", { timeout: 60_000 }, () => {
    expect(complaints(new Map(samples.map((code, i) => [join(sdk, `sample-${i + 1}.ts`), code])))).toEqual([]);
  });

  it("tells of each subpath, here or in the guide", () => {
    const { exports } = JSON.parse(readFileSync(join(sdk, "package.json"), "utf8")) as { exports: object };
    const told = ["README.md", "../../docs/CLIENT.md"].map((path) => readFileSync(join(sdk, path), "utf8")).join();
    const untold = Object.keys(exports).filter(
      (path) => path !== "./package.json" && !told.includes(`\`${path}\``) && !told.includes(`client${path.slice(1)}"`),
    );
    expect(untold).toEqual([]);
  });

  it.each(running.map((code, i) => [i + 1, code] as const))(
    "has a sample %i that prints what it says",
    async (i, code) => {
      const printed: string[] = [];
      vi.spyOn(console, "log").mockImplementation((...values: unknown[]) => void printed.push(values.join(" ")));
      const folder = join(sdk, "dist/samples");
      mkdirSync(folder, { recursive: true });
      const file = join(folder, `sample-${i}.ts`);
      writeFileSync(file, code);
      await import(file);
      expect(printed).toEqual([...code.matchAll(/\/\/ → ?(.*)/g)].map(([, text]) => text));
    },
  );

  it("runs more than one", () => expect(running.length).toBeGreaterThan(1));
});
