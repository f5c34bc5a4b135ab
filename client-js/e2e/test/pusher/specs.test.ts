import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { cp, mkdir, rm, writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { stripVTControlCharacters } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { elsewhere } from "../../src/elsewhere.ts";
import { certify, SecureFront } from "../../src/secure.ts";
import { StartedGateway } from "../../src/started.ts";

// The specs that pusher-js's authors test it with against the hosted service, as they come in its package and none of them changed.
const SPECS = 84;
const BUILD_MS = 180_000;
const RUN_MS = 300_000;

const FOLDER = fileURLToPath(new URL("../../pusher-js-specs", import.meta.url));
const TARGET = `${FOLDER}/target`;
const PACKAGE = `${TARGET}/pusher-js`;
const APPS = [
  { cluster: "MT1", id: "1", key: "c49a449b916bb4246729", secret: "secret-of-mt1" },
  { cluster: "EU", id: "2", key: "cb7d5e50f5669e5c9ae6", secret: "secret-of-eu" },
] as const;

let gateway: StartedGateway;
let front: SecureFront;
let server: ChildProcess;
let environment: NodeJS.ProcessEnv = {};

beforeAll(async () => {
  await rm(TARGET, { recursive: true, force: true });
  await mkdir(TARGET, { recursive: true });
  await cp(`${FOLDER}/node_modules/pusher-js`, PACKAGE, { recursive: true });
  // Its sources for React Native name a package that nothing else needs.
  await writeFile(`${PACKAGE}/src/absent.d.ts`, 'declare module "@react-native-community/netinfo";\n');
  await finished(node(["webpack/bin/webpack.js", "--config=spec/config/jasmine/webpack.integration.js"]));

  gateway = await StartedGateway.start(
    Object.fromEntries(
      APPS.map(({ cluster, id, key, secret }) => [
        cluster.toLowerCase(),
        { pusher: { appId: id, keys: [{ key, secret }], clientEvents: true } },
      ]),
    ),
  );
  const certified = await certify("*.pusher.com", TARGET);
  front = await SecureFront.of(gateway.port, certified);
  environment = elsewhere("pusher.com", certified.certificate, { plain: gateway.port, secure: front.port });
  for (const { cluster, id, key, secret } of APPS) {
    const app = `INTEGRATION_TESTS_APP_${cluster}`;
    Object.assign(environment, { [`${app}_APP_ID`]: id, [`${app}_KEY`]: key, [`${app}_SECRET`]: secret });
  }
  server = spawn(process.execPath, ["integration_tests_server/index.js"], {
    cwd: PACKAGE,
    env: { ...process.env, ...environment },
    stdio: ["ignore", "pipe", "inherit"],
  });
  await listening(server, APPS.length);
}, BUILD_MS);

afterAll(async () => {
  server?.kill("SIGKILL");
  await front?.close();
  await gateway?.stop();
});

describe("pusher-js's own integration specs", () => {
  it(
    `all ${SPECS} pass`,
    async () => {
      const said = await finished(node(["jasmine/bin/jasmine.js", "--config=spec/config/jasmine/integration.json"]));

      expect(said).toContain(`Executed ${SPECS} of ${SPECS} specs SUCCESS`);
    },
    RUN_MS,
  );
});

/** A program of one of the installed packages, run where the package was unpacked. */
function node([program, ...args]: [string, ...string[]]): ChildProcess {
  return spawn(process.execPath, [`${FOLDER}/node_modules/${program}`, ...args], {
    cwd: PACKAGE,
    env: { ...process.env, ...environment, NO_COLOR: "1", MODE: "production" }, // vitest's own MODE would be webpack's
    stdio: ["ignore", "pipe", "pipe"],
  });
}

/** Resolves when it has said so many times that it listens. */
function listening(child: ChildProcess, times: number): Promise<void> {
  return new Promise((resolve, reject) => {
    let left = times;
    child.once("exit", (code) => reject(new Error(`the specs' server ended with ${code}`)));
    child.stdout?.on("data", (chunk: Buffer) => {
      left -= chunk.toString().split("listening").length - 1;
      if (left === 0) resolve();
    });
  });
}

/** What it said, when it has ended well. */
async function finished(child: ChildProcess): Promise<string> {
  let said = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream?.on("data", (chunk: Buffer) => {
      said += chunk;
    });
  }
  const [code] = (await once(child, "close")) as [number | null];
  if (code !== 0) {
    throw new Error(`ended with ${code}:\n${said}`);
  }
  return stripVTControlCharacters(said);
}
