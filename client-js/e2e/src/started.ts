import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

const LAUNCHER = fileURLToPath(new URL("../../../heliograph", import.meta.url));
const READY_MS = 60_000;
const ADMIN_TOKEN = "admin-token-of-the-end-to-end-tests";

/** The packaged gateway, started with a configuration of its own as an operator starts it; with compression for those clients that offer it. */
export class StartedGateway {
  /** Where clients and producers connect; the same after a restart. */
  readonly port: number;
  readonly #folder: string;
  #process: ChildProcess;

  private constructor(port: number, folder: string, process: ChildProcess) {
    this.port = port;
    this.#folder = folder;
    this.#process = process;
  }

  /**
   * @param workspaces the configuration's section of that name
   * @param tls that of `server.tls`
   * @param page that of `page`; without it there is none
   */
  static async start(
    workspaces: Readonly<Record<string, unknown>>,
    tls: Readonly<Record<string, unknown>> = {},
    page: Readonly<Record<string, unknown>> = { enabled: false },
  ): Promise<StartedGateway> {
    const folder = await mkdtemp(join(tmpdir(), "heliograph-e2e-"));
    const config = {
      server: { port: 0, tls, drain: { graceMs: 0, durationMs: 0 } },
      admin: { port: 0, token: ADMIN_TOKEN },
      page,
      workspaces,
    };
    await writeFile(join(folder, "heliograph.yaml"), JSON.stringify(config)); // which is YAML, too
    const { child, port } = await run(folder, {});
    return new StartedGateway(port, folder, child);
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  /** Ends it with that signal, and starts another with the same configuration on the same port. */
  async restart(signal: "SIGTERM" | "SIGKILL"): Promise<void> {
    await this.#end(signal);
    this.#process = (await run(this.#folder, { HELIOGRAPH_SERVER_PORT: String(this.port) })).child;
  }

  /** Stops it with SIGTERM. */
  async stop(): Promise<void> {
    const code = await this.#end("SIGTERM");
    await rm(this.#folder, { recursive: true, force: true });
    if (code !== 0) {
      throw new Error(`the gateway ended with ${code} after SIGTERM; expected 0`);
    }
  }

  /** What the command `token` prints, e.g. for `--user`, `alice`, `--grant`, `subscribe:*`. */
  token(...args: string[]): string {
    const config = join(this.#folder, "heliograph.yaml");
    const done = spawnSync(LAUNCHER, ["token", "--config", config, ...args], {
      env: environment({}),
      encoding: "utf8",
    });
    if (done.status !== 0) {
      throw new Error(`token ended with ${done.status}: ${done.stderr}`);
    }
    return done.stdout.trim();
  }

  async #end(signal: NodeJS.Signals): Promise<number | null> {
    const exited = once(this.#process, "exit");
    this.#process.kill(signal);
    const [code] = (await exited) as [number | null];
    return code;
  }
}

function environment(more: Readonly<Record<string, string>>): NodeJS.ProcessEnv {
  return { HELIOGRAPH_BUILD: "never", HELIOGRAPH_COMPRESSION_ENABLED: "true", ...process.env, ...more };
}

/** Resolves when it is ready. */
function run(
  folder: string,
  more: Readonly<Record<string, string>>,
): Promise<{ readonly child: ChildProcess; readonly port: number }> {
  const child = spawn(LAUNCHER, ["start", "--config", join(folder, "heliograph.yaml")], {
    env: environment(more),
    stdio: ["ignore", "ignore", "pipe"],
  });
  return new Promise((resolve, reject) => {
    let log = "";
    const fail = (why: string) => {
      child.kill("SIGKILL");
      reject(new Error(`the gateway ${why}:\n${log}`));
    };
    const timer = setTimeout(() => fail(`was not ready within ${READY_MS} ms`), READY_MS);
    child.once("error", (error) => fail(`could not be started (${error.message})`));
    child.once("exit", (code) => fail(`ended with ${code} before it was ready`));
    createInterface(child.stderr).on("line", (line) => {
      log += `${line}\n`;
      const ready = /ready: [\d.]+:(\d+) /.exec(line);
      if (ready) {
        clearTimeout(timer);
        resolve({ child, port: Number(ready[1]) });
      }
    });
  });
}
