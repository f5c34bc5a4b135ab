import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import ts from "typescript";

export const sdk: string = join(dirname(fileURLToPath(import.meta.url)), "..");

/** The TypeScript samples of a document, in order. */
export function samplesOf(path: string): string[] {
  return [...readFileSync(path, "utf8").matchAll(/```ts\n([\s\S]*?)```/g)].map(([, code]) => code ?? "");
}

const { exports } = JSON.parse(readFileSync(join(sdk, "package.json"), "utf8")) as { exports: object };
const subpaths = Object.keys(exports).filter((path) => path !== "./package.json");

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
  paths: Object.fromEntries(
    subpaths.map((path) => [
      `@heliograph/client${path.slice(1)}`,
      [join(sdk, "src", `${path.slice(2).replace("/", "-") || "index"}.ts`)],
    ]),
  ),
};

/** What the compiler has to say about these files. */
export function complaints(files: ReadonlyMap<string, string>): string[] {
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
