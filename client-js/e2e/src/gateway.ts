import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

/** What `demo --json` says of the gateway it started. */
export interface Demo {
  readonly pid: number;
  readonly url: string;
  readonly ws: string;
  readonly token: string;
  readonly channel: string;
  readonly writeKey: string;
  readonly webhookSecret: string;
  readonly webhookUrl: string;
  readonly workspace: string;
  readonly pusher: { readonly appId: string; readonly key: string; readonly secret: string };
  readonly admin: { readonly url: string; readonly token: string };
}

const LAUNCHER = fileURLToPath(new URL("../../../heliograph", import.meta.url));
const READY_MS = 60_000;

/** The packaged gateway as a child process, started as a user starts it, and with compression for those clients that offer it. */
export class Gateway {
  /** The same after a restart, but for its process. */
  readonly demo: Demo;
  /** Where it keeps its generated secrets. */
  readonly home: string;
  #process: ChildProcess;

  private constructor(demo: Demo, process: ChildProcess, home: string) {
    this.demo = demo;
    this.#process = process;
    this.home = home;
  }

  /** @param traffic the arguments of `demo` that say what traffic it makes */
  static async start(traffic: readonly string[] = ["--no-traffic"]): Promise<Gateway> {
    const home = await mkdtemp(join(tmpdir(), "heliograph-e2e-"));
    const [child, demo] = await run([...traffic, "--port", "0"], { HELIOGRAPH_HOME: home });
    return new Gateway(demo, child, home);
  }

  /** Stops it with SIGTERM and returns its exit code. */
  async stop(): Promise<number | null> {
    const code = await this.end();
    await rm(this.home, { recursive: true, force: true });
    return code;
  }

  /** Stops it with SIGTERM, to be started {@link again}. */
  async end(): Promise<number | null> {
    const exited = once(this.#process, "exit");
    this.#process.kill("SIGTERM");
    const [code] = (await exited) as [number | null];
    return code;
  }

  /** Starts another on the same ports with the same secrets. */
  async again(traffic: readonly string[] = ["--no-traffic"]): Promise<void> {
    const [child] = await run([...traffic, "--port", new URL(this.demo.url).port], {
      HELIOGRAPH_HOME: this.home,
      HELIOGRAPH_ADMIN_PORT: new URL(this.demo.admin.url).port,
    });
    this.#process = child;
  }
}

async function run(
  args: readonly string[],
  environment: Readonly<Record<string, string>>,
): Promise<readonly [ChildProcess, Demo]> {
  const child = spawn(LAUNCHER, ["demo", "--json", ...args], {
    env: { HELIOGRAPH_BUILD: "never", HELIOGRAPH_COMPRESSION_ENABLED: "true", ...process.env, ...environment },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let log = "";
  child.stderr.on("data", (chunk: Buffer) => {
    log += chunk;
  });
  try {
    return [child, JSON.parse(await firstLine(child, () => log)) as Demo];
  } catch (error) {
    child.kill("SIGKILL");
    throw error;
  }
}

function firstLine(child: ChildProcess, log: () => string): Promise<string> {
  return new Promise((resolve, reject) => {
    const fail = (why: string) => reject(new Error(`the gateway ${why}:\n${log()}`));
    const timer = setTimeout(() => fail(`was not ready within ${READY_MS} ms`), READY_MS);
    child.once("error", (error) => fail(`could not be started (${error.message})`));
    child.once("exit", (code) => fail(`ended with ${code} before it was ready`));
    if (child.stdout) {
      createInterface(child.stdout).once("line", (line) => {
        clearTimeout(timer);
        resolve(line);
      });
    }
  });
}
