/** Compiles every sample of docs/CLIENT.md against the client as it is. */
import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import ts from "typescript";
import { describe, expect, it } from "vitest";

const sdk = join(dirname(fileURLToPath(import.meta.url)), "..");
const guide = readFileSync(join(sdk, "../../docs/CLIENT.md"), "utf8");
const samples = [...guide.matchAll(/```ts\n([\s\S]*?)```/g)].map(([, code]) => code ?? "");

const OPTIONS: ts.CompilerOptions = {
  target: ts.ScriptTarget.ES2022,
  module: ts.ModuleKind.ESNext,
  moduleResolution: ts.ModuleResolutionKind.Bundler,
  lib: ["lib.es2022.d.ts", "lib.dom.d.ts"],
  types: [],
  strict: true,
  exactOptionalPropertyTypes: true,
  noEmit: true,
  skipLibCheck: true,
  allowImportingTsExtensions: true,
  paths: { "@heliograph/client": [join(sdk, "src/index.ts")] },
};

/** What the compiler has to say about these files. */
function complaints(files: ReadonlyMap<string, string>): string[] {
  const host = ts.createCompilerHost(OPTIONS);
  const { getSourceFile, fileExists } = host;
  host.fileExists = (name) => files.has(name) || fileExists(name);
  host.getSourceFile = (name, version, ...rest) => {
    const text = files.get(name);
    return text === undefined ? getSourceFile(name, version, ...rest) : ts.createSourceFile(name, text, version);
  };
  const program = ts.createProgram([...files.keys()], OPTIONS, host);
  return ts.getPreEmitDiagnostics(program).map(({ file, messageText }) => {
    return `${file?.fileName ?? ""}: ${ts.flattenDiagnosticMessageText(messageText, "\n")}`;
  });
}

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
