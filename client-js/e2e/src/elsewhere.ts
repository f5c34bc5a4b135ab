import { mkdir } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { SecureFront } from "./secure.ts";

const PRELOADED = fileURLToPath(new URL("redirect.cjs", import.meta.url));

/** Lets programs of Node believe that the gateway is some other host, with a certificate. */
export class Elsewhere {
  /** What such a program needs in its environment. */
  readonly environment: Readonly<Record<string, string>>;
  readonly #front: SecureFront;

  private constructor(environment: Readonly<Record<string, string>>, front: SecureFront) {
    this.environment = environment;
    this.#front = front;
  }

  /**
   * @param port of the gateway
   * @param domain whose hosts it stands for, e.g. `example.com`
   * @param folder where it keeps certificate and key
   */
  static async of(port: number, domain: string, folder: string): Promise<Elsewhere> {
    await mkdir(folder, { recursive: true });
    const front = await SecureFront.of(port, `*.${domain}`, folder);
    const environment = {
      NODE_OPTIONS: `--require=${PRELOADED}`,
      NODE_EXTRA_CA_CERTS: front.certificate,
      HOSTS: `\\.${domain.replaceAll(".", "\\.")}$`,
      PLAIN_PORT: String(port),
      TLS_PORT: String(front.port),
    };
    return new Elsewhere(environment, front);
  }

  close(): Promise<void> {
    return this.#front.close();
  }
}
