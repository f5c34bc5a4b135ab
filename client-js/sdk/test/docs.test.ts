/** Compiles every sample of docs/CLIENT.md against the client as it is. */
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { complaints, samplesOf, sdk } from "./samples.ts";

const samples = samplesOf(join(sdk, "../../docs/CLIENT.md"));

describe("docs/CLIENT.md", () => {
  it("has samples that compile", { timeout: 60_000 }, () => {
    expect(samples.length).toBeGreaterThan(4);
    expect(complaints(new Map(samples.map((code, i) => [join(sdk, `sample-${i + 1}.ts`), code])))).toEqual([]);
  });

  it("would not pass with a sample that does not", { timeout: 60_000 }, () => {
    const wrong = (samples[0] ?? "").replace("client.connect()", "client.open()");
    expect(complaints(new Map([[join(sdk, "wrong.ts"), wrong]]))).toEqual([
      expect.stringContaining("'open' does not exist"),
    ]);
  });
});
