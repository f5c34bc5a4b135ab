import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

/** What a token can see: whose it is, and what GitHub says of the repository, if it can be read. */
export interface Account {
  readonly login: string;
  readonly name?: string;
  readonly repository?: { readonly private: boolean; readonly permissions: { readonly push: boolean } };
}

/** Stands in for api.github.com: `GET /user` and `GET /repos/acme/dagnet`. */
export class GitHub {
  static readonly REPOSITORY = "acme/dagnet";

  /** By token; may change at any time. */
  readonly accounts = new Map<string, Account>();
  /** The tokens of all requests so far. */
  readonly asked: string[] = [];
  readonly url: string;
  readonly #close: () => Promise<void>;

  private constructor(url: string, close: () => Promise<void>) {
    this.url = url;
    this.#close = close;
  }

  static async start(): Promise<GitHub> {
    const server = createServer((request, response) => {
      const token = (request.headers.authorization ?? "").replace("Bearer ", "");
      gitHub.asked.push(token);
      const account = gitHub.accounts.get(token);
      const repository = request.url === `/repos/${GitHub.REPOSITORY}`;
      const found = repository ? account?.repository : request.url === "/user" && account;
      const status = found ? 200 : account ? 404 : 401;
      response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(found || {}));
    });
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    const { port } = server.address() as AddressInfo;
    const gitHub = new GitHub(`http://127.0.0.1:${port}`, async () => {
      const closed = once(server, "close");
      server.close();
      server.closeAllConnections();
      await closed;
    });
    return gitHub;
  }

  close(): Promise<void> {
    return this.#close();
  }
}
