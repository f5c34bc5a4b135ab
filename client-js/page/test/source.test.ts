import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, it, vi } from "vitest";
import { BYTES_MAX, resolve } from "../src/source/address.ts";
import { type Choice, remember, remembered } from "../src/source/choice.ts";
import { takeDrops } from "../src/source/drop.ts";
import { SourceError } from "../src/source/errors.ts";
import { firstFault } from "../src/source/fault.ts";
import { droppedFiles } from "../src/source/folder.ts";
import { firstSource, fromFiles, type GraphSource, type SourceConfig } from "../src/source/source.ts";
import { overlapping } from "./graphs.ts";

const FIXTURES = new URL("../../e2e/fixtures/graphs/", import.meta.url);
const SAMPLES = new URL("../public/sample/", import.meta.url);
const PAGE = "https://rt.example.com/live/";

const textOf = (name: string): string => readFileSync(new URL(name, FIXTURES), "utf8");
const file = (name: string, text = textOf(name)): File => new File([text], name);
const yaml = (): File[] =>
  readdirSync(new URL("events/", FIXTURES)).map((name) => file(name, textOf(`events/${name}`)));
const json = (name: string, value: unknown): File => file(name, JSON.stringify(value));

const COMMA_MISSING = `{
  "nodes": [
    { "uuid": "a", "id": "one" }
    { "uuid": "b", "id": "two" }
  ]
}`;

const CONFIG: SourceConfig = { graph: null, events: null, graphOrigins: ["https://raw.githubusercontent.com"] };

function memory(kept?: Choice) {
  const store = new Map<string, string>();
  const place = {
    getItem: (key: string) => store.get(key) ?? null,
    setItem: (key: string, value: string) => void store.set(key, value),
    removeItem: (key: string) => void store.delete(key),
  };
  if (kept !== undefined) remember(place, kept);
  return place;
}

/** The page's own sample, and what else is said. */
function web(more: Readonly<Record<string, string>> = {}) {
  return vi.fn(async (input: string | URL | Request) => {
    const { href } = new URL(String(input));
    const sample = /\/sample\/(\w+\.json)$/.exec(href)?.[1];
    const text = more[href] ?? (sample === undefined ? undefined : readFileSync(new URL(sample, SAMPLES), "utf8"));
    return text === undefined ? new Response("", { status: 404 }) : new Response(text);
  });
}

const first = (config: SourceConfig, search = "", fetch = web(), kept?: Choice): Promise<GraphSource> =>
  firstSource(config, { href: PAGE + search, search }, fetch, memory(kept));

describe("files", () => {
  it("a DagNet graph and its YAML definitions, one in each file", async () => {
    const source = await fromFiles([...yaml(), file("shop-checkout.json")]);
    expect(source).toMatchObject({ kind: "file", name: "shop-checkout", problems: [] });
    expect(source.graph.nodes).toHaveLength(17);
    expect(source.graph.nodes.filter(({ eventId }) => eventId !== undefined)).toHaveLength(6);
    const payment = source.definitions.find(({ id }) => id === "payment-entered");
    expect(payment?.providerNames.get("segment")).toBe("Checkout Step Completed");
    expect(payment?.filters).toEqual([
      { property: "step", from: "event", operator: "is any of", values: ["payment", "wallet"] },
    ]);
  });

  it("are the same in one file of several documents, and as a JSON list", async () => {
    const separate = await fromFiles([file("shop-checkout.json"), ...yaml()]);
    const together = await fromFiles([file("shop-checkout.json"), file("events-all.yaml")]);
    const ids = ({ definitions }: GraphSource) => definitions.map(({ id }) => id).sort();
    expect(ids(together)).toEqual(ids(separate));
    const raw = separate.definitions.map(({ id, providerNames }) => ({
      id,
      provider_event_names: Object.fromEntries(providerNames),
    }));
    expect(ids(await fromFiles([file("shop-checkout.json"), json("events.json", raw)]))).toEqual(ids(separate));
  });

  it("are what the documentation says, as it says them", async () => {
    const page = readFileSync(new URL("../../../docs/PAGE.md", import.meta.url), "utf8");
    const section = page.slice(page.indexOf("## Your own graph, lit"), page.indexOf("## Controls"));
    const [graph = "", events = ""] = ["json", "yaml"].map(
      (kind) => new RegExp(`\`\`\`${kind}\n(.*?)\`\`\``, "s").exec(section)?.[1],
    );
    const source = await fromFiles([file("funnel.json", graph), file("events.yaml", events)]);
    expect(source).toMatchObject({ name: "funnel", definitions: [{ id: "pays-by-card" }, { id: "pays-by-invoice" }] });
    expect(source.problems).toEqual([]);
    expect(source.graph.edges).toHaveLength(3);
  });

  it("have room for every card, also where the graph was laid out for smaller ones", async () => {
    const { graph } = await fromFiles([file("shop-checkout.json")]);
    expect(overlapping(graph)).toEqual([]);
  });

  it("without positions are laid out", async () => {
    const raw = JSON.parse(textOf("shop-checkout.json")) as { nodes: { layout?: unknown }[] };
    for (const node of raw.nodes) delete node.layout;
    const { graph } = await fromFiles([json("g.json", raw)]);
    expect(new Set(graph.nodes.map(({ x }) => x)).size).toBeGreaterThan(5);
    expect(overlapping(graph)).toEqual([]);
  });

  it.each([1e308, -1e7])("with a node at %d are laid out, too", async (x) => {
    const at = (id: string, layout: object): object => ({ id, event_id: id, layout });
    const nodes = [at("a", { x: 0, y: 0 }), at("b", { x: 300, y: 0 }), at("c", { x, y: -x })];
    const { graph } = await fromFiles([json("g.json", { nodes })]);
    expect(graph.nodes.every((node) => Math.abs(node.x) < 1_000 && Math.abs(node.y) < 1_000)).toBe(true);
    expect(overlapping(graph)).toEqual([]);
  });

  it("of definitions alone are for the graph that is shown", async () => {
    const shown = await fromFiles([file("shop-checkout.json")]);
    const source = await fromFiles(yaml(), shown);
    expect(source.graph).toBe(shown.graph);
    expect([source.name, source.definitions.length]).toEqual(["shop-checkout", 6]);
  });

  it("say what is odd, and are shown all the same", async () => {
    const nodes = [
      { uuid: "a", id: "same", event_id: "known" },
      { uuid: "b", id: "same", event_id: "unknown" },
    ];
    const graph = json("g.json", { nodes });
    const { problems } = await fromFiles([graph, json("e.json", [{ id: "known" }, { id: "known" }, { id: "spare" }])]);
    expect(problems).toEqual([
      "One event is without a definition, and the id taken for the name: unknown.",
      "One event is defined and waited for by no node: spare.",
      "One id is of more than one node: same.",
      "One event is defined more than once, the last one counts: known.",
    ]);
    expect((await fromFiles([graph])).problems[0]).toMatch(/no event definitions/);
    expect((await fromFiles([json("g.json", { nodes: [{ id: "a" }] })])).problems[0]).toMatch(/nothing can light/);
  });

  const graph = (): File => json("g.json", { nodes: [{ id: "a", event_id: "e" }] });
  it.each<[string, () => File[], RegExp]>([
    [
      "that are no JSON",
      () => [file("comma-missing.json", COMMA_MISSING)],
      /^comma-missing\.json: not JSON: line 4, column 5: expected a comma/,
    ],
    [
      "that are no YAML",
      () => [graph(), file("e.yaml", "id: a\nname: [x\nb: 2\n")],
      /^e\.yaml: not YAML: line \d+, column \d+: /,
    ],
    [
      "whose edge ends nowhere",
      () => [file("edge-by-id.json")],
      /^edge-by-id\.json: edges\[0\]\.to names no node by uuid: item$/,
    ],
    ["that are empty", () => [file("empty.yaml", "\n")], /^empty\.yaml: the file is empty/],
    ["of something else", () => [graph(), json("package.json", { name: "x" })], /^package\.json: neither a graph nor/],
    ["of plain text", () => [graph(), file("notes.txt", "hello")], /^notes\.txt: neither a graph nor/],
    ["of two graphs", () => [graph(), file("shop-checkout.json")], /^shop-checkout\.json: a graph, as g\.json is/],
    ["without a graph", () => [json("e.json", [{ id: "a" }])], /^e\.json: no graph/],
    [
      "with a list that holds none",
      () => [json("g.json", { nodes: 7 })],
      /^g\.json: a graph file is an object with a list/,
    ],
    [
      "with a filter of no operator that there is",
      () => [
        graph(),
        file("all.yaml", "id: a\n---\nid: e\namplitude_filters: [{property: p, operator: like, values: [x]}]"),
      ],
      /^all\.yaml, document 2: event e: operator like is none of/,
    ],
    [
      "of more nodes than can be shown",
      () => [json("g.json", { nodes: Array.from({ length: 20_001 }, (_, i) => ({ id: `n${i}` })) })],
      /^g\.json: 20001 nodes; at most 20000/,
    ],
    [
      "of more files than are read",
      () => Array.from({ length: 2_001 }, (_, i) => file(`${i}.yaml`, "id: a")),
      /^2001 files: at most 2000/,
    ],
    [
      "larger than is read, together",
      () => [graph(), file("big.json", " ".repeat(BYTES_MAX))],
      /^2 files together: larger than 10 MB/,
    ],
    ["larger than is read", () => [file("big.json", " ".repeat(BYTES_MAX + 1))], /^big\.json: larger than 10 MB/],
    ["that unfold without end", () => [graph(), file("bomb.yaml", bomb())], /^bomb\.yaml: not YAML that can be read/],
  ])("%s are refused by name and place", async (_what, files, message) => {
    const refused = await fromFiles(files()).catch((error: unknown) => error);
    expect(refused).toBeInstanceOf(SourceError);
    expect((refused as SourceError).message).toMatch(message);
    expect((refused as SourceError).message.startsWith((refused as SourceError).file)).toBe(true);
  });
});

/** A folder as browsers show it: a hundred entries at a time. */
function directory(name: string, inside: readonly (File | FileSystemEntry)[]): FileSystemEntry {
  return {
    name,
    isDirectory: true,
    createReader() {
      const left = inside.map((one) => (one instanceof File ? entry(one) : one));
      return { readEntries: (take: (batch: FileSystemEntry[]) => void) => take(left.splice(0, 100)) };
    },
  } as unknown as FileSystemEntry;
}

function entry(of: File): FileSystemEntry {
  const { name } = of;
  return { name, isDirectory: false, file: (take: (it: File) => void) => take(of) } as unknown as FileSystemEntry;
}

function item(dropped: File | FileSystemEntry): DataTransferItem {
  return {
    getAsFile: () => (dropped instanceof File ? dropped : null),
    webkitGetAsEntry: () => (dropped instanceof File ? null : dropped),
  } as DataTransferItem;
}

function refuse(_take: unknown, fail: (error: Error) => void): void {
  fail(new Error("no permission"));
}

describe("drops", () => {
  const graph = (id: string): File => json(`${id}.json`, { nodes: [{ id }] });
  const slow = (of: File): File =>
    Object.assign(of, { text: () => new Promise((done) => setTimeout(done, 20, new Response(of).text())) });

  it("count by their order, not by how long each takes", async () => {
    vi.stubGlobal("sessionStorage", memory());
    const told: string[] = [];
    const take = takeDrops(() => ({
      onSource: ({ name }) => told.push(name),
      onProblem: (problem) => told.push(problem),
      current: undefined,
    }));
    const drop = (dropped: File): Promise<void> => take(Promise.resolve([dropped]));
    await Promise.all([drop(slow(file("broken.json", "{"))), drop(slow(graph("first"))), drop(graph("second"))]);
    expect(told).toEqual(["second"]);
    expect(remembered(sessionStorage)).toEqual({ kind: "file", name: "second" });
    await drop(file("broken.json", "{"));
    expect(told[1]).toMatch(/^broken\.json: not JSON/);
    vi.unstubAllGlobals();
  });

  it("of folders are all that could be a graph or definitions in them, however deep and many", async () => {
    const many = Array.from({ length: 150 }, (_, i) => file(`e${i}.yaml`, `id: e${i}`));
    const folder = directory("acme", [
      file("README.md", "# Acme"),
      file(".hidden.json", "{"),
      directory(".git", [file("config.json", "{")]),
      directory("graphs", [directory("shop", [graph("shop")])]),
      directory("events", many),
    ]);
    const files = await droppedFiles([item(folder), item(file("more.yml", "id: more"))]);
    expect(files.map(({ name }) => name).sort()).toEqual(
      ["shop.json", "more.yml", ...many.map(({ name }) => name)].sort(),
    );
  });

  it.each([
    [
      "without any",
      directory("notes", [file("a.txt", "a")]),
      "notes: no file in this folder ends in .json, .yaml or .yml",
    ],
    [
      "with more than is looked at",
      directory("disk", [
        directory(
          "deep",
          Array.from({ length: 2_001 }, (_, i) => file(`${i}.txt`, "")),
        ),
      ]),
      "disk: holds more than 2000 files and folders; drop the one with the graph",
    ],
    [
      "that cannot be read",
      { ...directory("secret", []), createReader: () => ({ readEntries: refuse }) },
      "secret: the folder could not be read (no permission)",
    ],
  ])("of folders %s are refused by name", async (_what, folder, message) => {
    const refused = await droppedFiles([item(folder)]).catch((error: unknown) => error);
    expect(refused).toBeInstanceOf(SourceError);
    expect((refused as SourceError).message).toBe(message);
  });
});

describe("firstFault", () => {
  it.each([
    ["{}", undefined],
    [' [1, -2.5e3, "a\\u00e9\\n", true, null, {"b": []}] ', undefined],
    ['{"a": 1,}', '1:9 a key in "quotes"'],
    ["{a: 1}", '1:2 a key in "quotes" or }'],
    ['{"a" 1}', "1:6 a colon"],
    ["[1\n 2]", "2:2 a comma or the end of the list or object"],
    ["[1, 2", "1:6 a comma or the end of the list or object"],
    ["[1]]", "1:4 the end of the file"],
    ["[01]", "1:2 a value or ]"],
    ['["tab\t"]', "1:2 a value or ]"],
    ["[1}", "1:3 a comma or the end of the list or object"],
    ["", "1:1 a value"],
  ])("finds in %j: %s", (text, fault) => {
    const found = firstFault(text);
    expect(found && `${found.line}:${found.column} ${found.expected}`).toBe(fault);
    const isJson = (): unknown => JSON.parse(text);
    (fault === undefined ? expect(isJson).not : expect(isJson)).toThrow();
  });
});

describe("addresses", () => {
  const reach = { page: PAGE, origins: ["https://raw.githubusercontent.com"], fetch: web() };

  it.each([
    ["graphs/a.json", "https://rt.example.com/live/graphs/a.json"],
    ["https://github.com/o/r/blob/main/graphs/a.json", "https://raw.githubusercontent.com/o/r/main/graphs/a.json"],
    [" https://raw.githubusercontent.com/o/r/main/a.json ", "https://raw.githubusercontent.com/o/r/main/a.json"],
  ])("%s is read from %s", (address, url) => expect(resolve(address, reach).href).toBe(url));

  it.each([
    "https://elsewhere.example/a.json",
    "http://rt.example.com/a.json",
    "https://raw.githubusercontent.com.evil.example/a.json",
    "https://github.com/o/r",
    "file:///etc/passwd",
    "data:application/json,{}",
    "javascript:alert(1)",
  ])("%s is refused before it is tried, and the message names what is allowed", (address) => {
    expect(() => resolve(address, reach)).toThrow(
      /may not read from .* own origin, https:\/\/raw\.githubusercontent\.com/,
    );
  });
});

describe("what the page begins with", () => {
  const graph = "https://rt.example.com/live/page/graph";
  const other = "https://raw.githubusercontent.com/o/r/main/mine.json";
  const one = (id: string): string => JSON.stringify({ nodes: [{ id, event_id: "e" }] });

  it("the sample, if there is nothing else", async () => {
    expect(await first({})).toMatchObject({ kind: "sample", name: "Sample shop", problems: [] });
  });

  it("the operator's graph, with definitions in YAML", async () => {
    const config = { ...CONFIG, graph: "./page/graph", events: "./page/events" };
    const fetch = web({ [graph]: one("ours"), [`${PAGE}page/events`]: "id: e\n---\nid: f\n" });
    const source = await first(config, "", fetch);
    expect(source).toMatchObject({ kind: "operator", name: "The operator's graph" });
    expect(source.definitions.map(({ id }) => id)).toEqual(["e", "f"]);
  });

  it("before that what the address asks for, and before the operator's what this tab chose", async () => {
    const config = { ...CONFIG, graph: "./page/graph" };
    const fetch = web({ [graph]: one("ours"), [other]: one("mine"), [`${PAGE}e.json`]: '[{"id":"e"}]' });
    const asked = await first(config, `?graph=${encodeURIComponent(other)}&events=e.json`, fetch, { kind: "sample" });
    expect(asked).toMatchObject({ kind: "url", name: "mine", problems: [] });
    expect((await first(config, "", fetch, { kind: "sample" })).kind).toBe("sample");
    expect((await first(config, "", fetch, { kind: "url", graph: other, events: [] })).name).toBe("mine");
    expect((await first(config, "", fetch)).kind).toBe("operator");
    // chosen once, and taken away since
    expect(await first(CONFIG, "", fetch, { kind: "operator" })).toMatchObject({ kind: "sample", problems: [] });
  });

  it("the sample again where files were chosen, and says where they are", async () => {
    const source = await first(CONFIG, "", web(), { kind: "file", name: "my-funnel" });
    expect(source.kind).toBe("sample");
    expect(source.problems[0]).toMatch(
      /^Asked for, and not shown: my-funnel: it came from files, .* choose them again/,
    );
  });

  it("says why it is another than was asked for", async () => {
    const source = await first({ ...CONFIG, graph: "./page/graph" }, "?graph=https://elsewhere.example/g.json");
    expect(source.kind).toBe("sample");
    expect(source.problems).toEqual([
      expect.stringMatching(/^Asked for, and not shown: https:\/\/elsewhere\.example\/g\.json: this page may not read/),
      "Asked for, and not shown: https://rt.example.com/live/page/graph: the server answered 404.",
    ]);
  });

  it.each<[string, (answer: Promise<never>) => Promise<Response>]>([
    ["never answers", (never) => never],
    ["stops in the middle", async (never) => new Response(new ReadableStream({ pull: () => never }))],
  ])("waits ten seconds for what %s, then says so and shows the next", async (_what, answer) => {
    const ending = new AbortController();
    const timeout = vi.spyOn(AbortSignal, "timeout").mockReturnValue(ending.signal);
    const ended = new Promise<never>((_, reject) => {
      ending.signal.addEventListener("abort", () => reject(ending.signal.reason));
    });
    const fetch = vi.fn(async (input: string | URL | Request, init?: RequestInit) => {
      if (!String(input).endsWith("/silent.json")) {
        return web()(input);
      }
      setTimeout(() => ending.abort(new DOMException("timed out", "TimeoutError")));
      return init?.signal === ending.signal ? answer(ended) : new Response("the signal was not handed on");
    });
    const source = await first(CONFIG, "?graph=silent.json", fetch);
    expect(source.kind).toBe("sample");
    expect(source.problems).toEqual([
      "Asked for, and not shown: https://rt.example.com/live/silent.json: could not be reached (timed out).",
    ]);
    expect(timeout).toHaveBeenCalledWith(10_000);
  });

  it("asks an origin that is not allowed for nothing", async () => {
    const fetch = web();
    await first(CONFIG, "?graph=https://elsewhere.example/g.json", fetch);
    expect(fetch.mock.calls.filter(([input]) => String(input).includes("elsewhere"))).toEqual([]);
  });

  it("reads no further than is allowed", async () => {
    let sent = 0;
    const endless = new ReadableStream({
      pull(controller) {
        sent += 1 << 20;
        controller.enqueue(new Uint8Array(1 << 20).fill(32));
      },
    });
    const fetch = vi.fn(async (input: string | URL | Request) =>
      String(input).endsWith("big.json") ? new Response(endless) : web()(input),
    );
    const source = await first(CONFIG, "?graph=big.json", fetch);
    expect(source.problems[0]).toMatch(/larger than 10 MB/);
    expect(sent).toBeLessThan(2 * BYTES_MAX);
  });
});

describe("addresses of one graph", () => {
  it("are read no further together than one is", async () => {
    const half = " ".repeat(BYTES_MAX / 2);
    const fetch = web({ [`${PAGE}g.json`]: `{"nodes":[{"id":"a"}]}${half}`, [`${PAGE}e.json`]: `[]${half}` });
    const source = await first(CONFIG, "?graph=g.json&events=e.json", fetch);
    expect(source.problems[0]).toMatch(/shown: 2 files together: larger than 10 MB/);
    expect((await first(CONFIG, "?graph=g.json", fetch)).kind).toBe("url");
  });

  it("are asked for nothing where there are too many", async () => {
    const fetch = web();
    const source = await first(CONFIG, `?graph=g.json${"&events=e.json".repeat(2_000)}`, fetch);
    expect(source.problems[0]).toMatch(/shown: 2001 files: at most 2000 are read at once/);
    expect(fetch.mock.calls.filter(([input]) => !String(input).includes("/sample/"))).toEqual([]);
  });
});

describe("the choice a tab remembers", () => {
  it("is kept; what another version of the page left is none", () => {
    const choice: Choice = { kind: "url", graph: "g.json", events: ["e.json"] };
    const place = memory(choice);
    expect(remembered(place)).toEqual(choice);
    for (const left of ["{", "7", '{"kind":"file"}', '{"kind":"url"}']) {
      place.setItem("heliograph.graph", left);
      expect(remembered(place)).toBeUndefined();
    }
  });
});

/** A list of lists of lists: ten lines that unfold to a billion. */
function bomb(): string {
  const lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x]"];
  for (let i = 1; i < 10; i++) {
    lines.push(`a${i}: &a${i} [${Array.from({ length: 9 }, () => `*a${i - 1}`).join(", ")}]`);
  }
  return `${lines.join("\n")}\n`;
}
