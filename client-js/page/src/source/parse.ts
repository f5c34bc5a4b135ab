import { messageOf, SourceError } from "./errors.ts";
import { firstFault } from "./fault.ts";

/** A file as it was read. */
export interface SourceText {
  /** A file's name, or an address. */
  readonly name: string;
  readonly text: string;
}

/** One document of a file; of JSON there is one. */
export interface SourceDocument {
  readonly file: string;
  /** Names the file, and which of its documents. */
  readonly place: string;
  readonly value: unknown;
}

/** Reads JSON, or else YAML of any number of documents, whatever the file is called. Empty documents are left out. */
export async function parse({ name, text }: SourceText): Promise<SourceDocument[]> {
  const content = text.replace(/^\uFEFF/, "");
  if (/^\s*[[{]/.test(content)) {
    return [{ file: name, place: name, value: parseJson(name, content) }];
  }
  const values = await parseYaml(name, content);
  if (values.length === 0) {
    throw new SourceError(name, "the file is empty; a graph or event definitions were expected");
  }
  return values.map((value, i) => ({
    file: name,
    place: values.length > 1 ? `${name}, document ${i + 1}` : name,
    value,
  }));
}

function parseJson(name: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    const fault = firstFault(text);
    const what =
      fault === undefined
        ? `not JSON: ${messageOf(cause)}`
        : `not JSON: line ${fault.line}, column ${fault.column}: expected ${fault.expected}`;
    throw new SourceError(name, what, { cause });
  }
}

/** The parser comes only when there is something for it. */
async function parseYaml(name: string, text: string): Promise<unknown[]> {
  const { parseAllDocuments } = await import("yaml");
  const documents = parseAllDocuments(text);
  if (!Array.isArray(documents)) {
    return [];
  }
  return documents
    .map((document) => {
      const [error] = document.errors;
      if (error !== undefined) {
        const [at] = error.linePos ?? [];
        const place = at === undefined ? "" : `line ${at.line}, column ${at.col}: `;
        const what = (error.message.split("\n")[0] ?? "").replace(/ at line \d+, column \d+:?$/, "");
        throw new SourceError(name, `not YAML: ${place}${what}`, { cause: error });
      }
      try {
        return document.toJS() as unknown;
      } catch (cause) {
        throw new SourceError(name, `not YAML that can be read: ${messageOf(cause)}`, { cause });
      }
    })
    .filter((value) => value !== null && value !== undefined);
}
