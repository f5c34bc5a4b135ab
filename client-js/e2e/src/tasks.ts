import { readFile } from "node:fs/promises";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { extname, join } from "node:path";

export interface Task {
  readonly id: string;
  readonly title: string;
  readonly note: string;
  readonly version: number;
}

/** Where changes are told, and by which right. */
interface Publishing {
  readonly url: string;
  readonly token: string;
  readonly ws: string;
  readonly tokenOf: (user: string) => string;
}

type Op = "created" | "updated" | "deleted";

const TYPES: Readonly<Record<string, string>> = { ".html": "text/html", ".js": "text/javascript" };

/**
 * A customer's backend: tasks over REST with versions and idempotency keys, each change told to the gateway with the mutation that made it,
 * and the page itself. Its answers can be held back, refused and lost.
 */
export class TaskServer {
  /** Changes that were made, by the key of their request. */
  readonly applied: string[] = [];
  readonly #folder: string;
  readonly #server: Server;
  readonly #tasks = new Map<string, Task>();
  readonly #answers = new Map<string, Task | undefined>();
  #publishing: Publishing | undefined;
  #named = 0;
  #held: (() => void)[] | undefined;
  #refusal: number | undefined;
  #loseNext = false;

  private constructor(folder: string) {
    this.#folder = folder;
    this.#server = createServer((request, response) => {
      this.#serve(request, response).catch((error: unknown) => response.destroy(error as Error));
    });
  }

  static async start(folder: string): Promise<TaskServer> {
    const started = new TaskServer(folder);
    await new Promise<void>((resolve) => started.#server.listen(0, "127.0.0.1", resolve));
    return started;
  }

  get origin(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  get tasks(): Task[] {
    return [...this.#tasks.values()];
  }

  publishTo(publishing: Publishing): void {
    this.#publishing = publishing;
  }

  /** Requests that change something wait from now on, before they change it. */
  hold(): void {
    this.#held = [];
  }

  get holding(): number {
    return this.#held?.length ?? 0;
  }

  /** Lets those through that wait, one after the other. */
  release(): void {
    const held = this.#held ?? [];
    this.#held = undefined;
    for (const go of held) go();
  }

  /** The next request that changes something is refused. */
  refuse(status: number): void {
    this.#refusal = status;
  }

  /** The next change is made, and its answer never arrives. */
  loseAnswer(): void {
    this.#loseNext = true;
  }

  clear(): void {
    this.#tasks.clear();
    this.applied.length = 0;
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? "/", this.origin);
    const [, api, entity, id] = url.pathname.split("/");
    if (url.pathname === "/config") {
      const { ws, tokenOf } = this.#publishing as Publishing;
      json(response, 200, { ws, token: tokenOf(url.searchParams.get("user") ?? "anybody") });
    } else if (api !== "api") {
      const file = url.pathname.endsWith("/") ? `${url.pathname}index.html` : url.pathname;
      response.setHeader("content-type", TYPES[extname(file)] ?? "application/octet-stream");
      response.end(await readFile(join(this.#folder, file)));
    } else if (entity !== "Task") {
      json(response, 404, {});
    } else if (request.method === "GET") {
      json(
        response,
        id !== undefined && !this.#tasks.has(id) ? 404 : 200,
        id === undefined ? this.tasks : this.#tasks.get(id),
      );
    } else {
      await this.#change(request, response, id);
    }
  }

  async #change(request: IncomingMessage, response: ServerResponse, path: string | undefined): Promise<void> {
    let body = "";
    for await (const chunk of request) body += chunk;
    await new Promise<void>((go) => (this.#held === undefined ? go() : this.#held.push(go)));
    const key = String(request.headers["idempotency-key"]);
    const refusal = this.#refusal;
    this.#refusal = undefined;
    if (refusal !== undefined) {
      json(response, refusal, { message: "no" });
      return;
    }
    if (!this.#answers.has(key)) {
      const id = path ?? `${++this.#named}`;
      const before = this.#tasks.get(id);
      const wanted = request.headers["if-match"];
      if (path !== undefined && before === undefined) {
        json(response, 404, {});
        return;
      }
      if (wanted !== undefined && wanted !== `"${before?.version}"`) {
        json(response, 412, before);
        return;
      }
      await this.#apply(request.method ?? "", id, before, body === "" ? {} : (JSON.parse(body) as Partial<Task>), key);
    }
    if (this.#loseNext) {
      this.#loseNext = false;
      request.socket.destroy();
      return;
    }
    const answer = this.#answers.get(key);
    json(response, answer === undefined ? 204 : request.method === "POST" ? 201 : 200, answer);
  }

  async #apply(
    method: string,
    id: string,
    before: Task | undefined,
    fields: Partial<Task>,
    key: string,
  ): Promise<void> {
    const version = (before?.version ?? 0) + 1;
    const op: Op = method === "POST" ? "created" : method === "PATCH" ? "updated" : "deleted";
    const after = op === "deleted" ? undefined : ({ ...before, ...fields, id, version } as Task);
    if (after === undefined) {
      this.#tasks.delete(id);
    } else {
      this.#tasks.set(id, after);
    }
    this.#answers.set(key, after);
    this.applied.push(key);
    await this.#tell(id, op, { data: after, version, mutationId: key });
  }

  /** What a repository does after each change. A gateway that is away is not waited for: clients load anew when it is back. */
  async #tell(id: string, op: Op, body: object): Promise<void> {
    const { url, token } = this.#publishing as Publishing;
    try {
      const told = await fetch(`${url}/entities/Task/${id}/${op}`, {
        method: "POST",
        headers: { authorization: `Bearer ${token}` },
        body: JSON.stringify(body),
      });
      if (!told.ok) {
        throw new Error(`the gateway answered ${told.status}: ${await told.text()}`);
      }
    } catch (error) {
      if (!(error instanceof TypeError)) throw error;
    }
  }
}

function json(response: ServerResponse, status: number, body: unknown): void {
  const version = (body as Partial<Task> | undefined)?.version;
  response.writeHead(status, {
    "content-type": "application/json",
    ...(version === undefined ? {} : { etag: `"${version}"` }),
  });
  response.end(status === 204 || body === undefined ? undefined : JSON.stringify(body));
}
