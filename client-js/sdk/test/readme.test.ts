/** Compiles every sample of the README, and runs those that say what they print. */
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it, vi } from "vitest";
import { complaints, samplesOf, sdk } from "./samples.ts";

const samples = samplesOf(join(sdk, "README.md"));
const running = samples.filter((code) => code.includes("// →"));

describe("README.md", () => {
  it("has a sample for each subpath, and all compile", { timeout: 60_000 }, () => {
    const { exports } = JSON.parse(readFileSync(join(sdk, "package.json"), "utf8")) as { exports: object };
    const told = samples.join().match(/(?<=@heliograph\/client)[\w/-]*(?=")/g) ?? [];
    const subpaths = Object.keys(exports).filter((path) => path !== "./package.json");
    expect(new Set(told.map((path) => `.${path}`))).toEqual(new Set(subpaths));
    expect(complaints(new Map(samples.map((code, i) => [join(sdk, `sample-${i + 1}.ts`), code])))).toEqual([]);
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
