import { type ChildProcess, spawn } from "node:child_process";
import { readFile, writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { elsewhere } from "../../src/elsewhere.ts";
import { Inbox } from "../../src/inbox.ts";
import { certify } from "../../src/secure.ts";
import { StartedGateway } from "../../src/started.ts";

const DOCS = fileURLToPath(new URL("../../../../docs", import.meta.url));
const TARGET = fileURLToPath(new URL("../../target/docs", import.meta.url));
const SECRET = "secret-of-the-snippets";

let gateway: StartedGateway;
let environment: Record<string, string>;
let snippets: Map<string, string[]>;
const programs: ChildProcess[] = [];

beforeAll(async () => {
  snippets = snippetsOf(await guide());
  const { key, certificate } = await certify("*.example.com", TARGET);
  gateway = await StartedGateway.start(
    {
      acme: {
        keys: [{ kid: "k1", algorithm: "HS256", secret: "a-secret-for-tokens-of-the-end-to-end-tests" }],
        pusher: { appId: "1", keys: [{ key: "acme-key", secret: SECRET }] },
      },
    },
    { keyFile: key, certificateFile: certificate },
  );
  environment = {
    ...elsewhere("example.com", certificate, { plain: gateway.port, secure: gateway.port }),
    TOKEN: gateway.token("--user", "alice", "--grant", "subscribe:*"),
    PUSHER_SECRET: SECRET,
  };
});

afterEach(() => {
  for (const program of programs.splice(0)) program.kill("SIGKILL");
});

afterAll(async () => {
  await gateway?.stop();
});

describe("the guide's snippets run as they stand, against a gateway that speaks TLS", () => {
  for (const [heading, n] of [
    ["pusher-js", 0],
    ["pusher-js", 1],
    ["Laravel Echo", 0],
  ] as const) {
    it(`${heading}, ${n + 1}: gets what the snippet of Node triggers`, async () => {
      const on = heading === "pusher-js" ? 'bind("pusher:subscription_succeeded"' : "subscribed(";
      const said = await run(
        heading,
        n,
        `channel.${on}${on.endsWith("(") ? "" : ", "}() => console.log("subscribed"));`,
      );
      await said.next("subscribed");

      await run("Node", 0, 'console.log("triggered");').then((server) => server.next("triggered"));

      await said.next("shipped { order: 7 }");
      expect(said.names().filter((line) => line.startsWith("shipped"))).toHaveLength(1);
    });
  }
});

async function guide(): Promise<string> {
  return readFile(`${DOCS}/PUSHER.md`, "utf8");
}

/** JavaScript in a guide, by the headings that it stands under. */
function snippetsOf(markdown: string): Map<string, string[]> {
  const found = new Map<string, string[]>();
  for (const section of markdown.split(/^### /m).slice(1)) {
    const heading = section.slice(0, section.indexOf("\n"));
    found.set(
      heading,
      [...section.matchAll(/^```js\n([\s\S]*?)^```$/gm)].map(([, code]) => code ?? ""),
    );
  }
  return found;
}

/** Runs a snippet as a program, with what it takes from its page before it and what makes it observable behind. Tells its lines. */
async function run(heading: string, n: number, behind: string): Promise<Inbox> {
  const snippet = snippets.get(heading)?.[n];
  if (!snippet) {
    throw new Error(`there is no snippet ${n + 1} under ${heading}`);
  }
  const file = `${TARGET}/${heading}-${n}.mjs`;
  await writeFile(file, `const token = () => process.env.TOKEN;\n${snippet}\n${behind}\n`);
  const program = spawn(process.execPath, [file], {
    env: { ...process.env, ...environment, NO_COLOR: "1" },
    stdio: ["ignore", "pipe", "pipe"],
  });
  programs.push(program);
  const lines = new Inbox();
  let rest = "";
  for (const stream of [program.stdout, program.stderr]) {
    stream.on("data", (chunk: Buffer) => {
      const parts = (rest + chunk).split("\n");
      rest = parts.pop() ?? "";
      for (const line of parts) lines.put(line, null);
    });
  }
  return lines;
}
