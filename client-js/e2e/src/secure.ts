import { spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdir, readFile } from "node:fs/promises";
import { type AddressInfo, connect, type Socket } from "node:net";
import { join } from "node:path";
import { createServer } from "node:tls";

/** Files in PEM. */
export interface Certified {
  readonly key: string;
  readonly certificate: string;
}

/**
 * Makes a key and a certificate that only says so itself.
 *
 * @param host whose it is, e.g. `*.example.com`
 * @param folder where both are kept
 */
export async function certify(host: string, folder: string): Promise<Certified> {
  await mkdir(folder, { recursive: true });
  const key = join(folder, "key.pem");
  const certificate = join(folder, "certificate.pem");
  const made = spawnSync(
    "openssl",
    ["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2"]
      .concat(["-subj", "/CN=heliograph-e2e", "-addext", `subjectAltName=DNS:${host}`])
      .concat(["-keyout", key, "-out", certificate]),
    { encoding: "utf8" },
  );
  if (made.status !== 0) {
    throw new Error(`openssl made no certificate: ${made.error?.message ?? made.stderr}`);
  }
  return { key, certificate };
}

/** Speaks TLS in front of a port of this machine, as a proxy in front of the gateway does. */
export class SecureFront {
  readonly port: number;
  readonly #close: () => Promise<void>;

  private constructor(port: number, close: () => Promise<void>) {
    this.port = port;
    this.#close = close;
  }

  static async of(behind: number, { key, certificate }: Certified): Promise<SecureFront> {
    const sockets = new Set<Socket>();
    const server = createServer({ key: await readFile(key), cert: await readFile(certificate) }, (client) => {
      const upstream = connect(behind, "127.0.0.1");
      for (const [socket, other] of [[client, upstream] as const, [upstream, client] as const]) {
        sockets.add(socket);
        socket.on("error", () => other.destroy());
        socket.on("close", () => sockets.delete(socket));
      }
      client.pipe(upstream).pipe(client);
    });
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    const close = async () => {
      const closed = once(server, "close");
      server.close();
      for (const socket of sockets) socket.destroy();
      await closed;
    };
    return new SecureFront((server.address() as AddressInfo).port, close);
  }

  close(): Promise<void> {
    return this.#close();
  }
}
