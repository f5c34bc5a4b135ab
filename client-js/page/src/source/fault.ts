/** Where JSON stops being JSON, and what could have stood there. */
export interface Fault {
  readonly line: number;
  readonly column: number;
  readonly expected: string;
}

const TOKEN =
  /[ \t\r\n]*(?:(?<mark>[{}[\],:])|(?<string>"(?:[ !#-[\]-\uffff]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*")|(?<plain>-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?(?![\w.])|true\b|false\b|null\b))/y;
const BLANK = /[ \t\r\n]*/y;

type Wanted = "value" | "value or ]" | "key" | "key or }" | "colon" | "more" | "end";

const WORDS: Readonly<Record<Wanted, string>> = {
  value: "a value",
  "value or ]": "a value or ]",
  key: 'a key in "quotes"',
  "key or }": 'a key in "quotes" or }',
  colon: "a colon",
  more: "a comma or the end of the list or object",
  end: "the end of the file",
};

/** Undefined if there is none. What browsers say of a fault has its place or has not, each in its own words. */
export function firstFault(text: string): Fault | undefined {
  const open: string[] = [];
  let wanted: Wanted = "value";
  let at = 0;
  while (true) {
    TOKEN.lastIndex = at;
    const { mark, string } = TOKEN.exec(text)?.groups ?? {};
    const end = TOKEN.lastIndex;
    if (end === 0) {
      return wanted === "end" && skipBlank(text, at) === text.length ? undefined : faultAt(text, at, wanted);
    }
    const next = after(wanted, mark ?? (string === undefined ? "plain" : "string"), open);
    if (next === undefined) {
      return faultAt(text, at, wanted);
    }
    wanted = next;
    at = end;
  }
}

/** What is wanted after that token; undefined if the token itself is not. */
function after(wanted: Wanted, token: string, open: string[]): Wanted | undefined {
  const inside = (): Wanted => (open.length === 0 ? "end" : "more");
  switch (wanted) {
    case "key":
    case "key or }":
      if (token === "}" && wanted === "key or }") {
        open.pop();
        return inside();
      }
      return token === "string" ? "colon" : undefined;
    case "colon":
      return token === ":" ? "value" : undefined;
    case "more":
      if (token === ",") {
        return open.at(-1) === "{" ? "key" : "value";
      }
      return token === (open.at(-1) === "{" ? "}" : "]") && open.pop() !== undefined ? inside() : undefined;
    case "end":
      return undefined;
    default:
      if (token === "{" || token === "[") {
        open.push(token);
        return token === "{" ? "key or }" : "value or ]";
      }
      if (token === "]" && wanted === "value or ]") {
        open.pop();
        return inside();
      }
      return token === "string" || token === "plain" ? inside() : undefined;
  }
}

function faultAt(text: string, from: number, wanted: Wanted): Fault {
  const before = text.slice(0, skipBlank(text, from)).split("\n");
  return { line: before.length, column: (before.at(-1) ?? "").length + 1, expected: WORDS[wanted] };
}

function skipBlank(text: string, from: number): number {
  BLANK.lastIndex = from;
  BLANK.exec(text);
  return BLANK.lastIndex;
}
