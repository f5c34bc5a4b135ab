import { fileURLToPath } from "node:url";

const PRELOADED = fileURLToPath(new URL("redirect.cjs", import.meta.url));

/**
 * The environment in which a program of Node takes this machine for other hosts.
 *
 * @param domain whose hosts, e.g. `example.com`
 * @param certificate the file of the one that they have
 * @param ports where connections to their ports 80 and 443 go
 */
export function elsewhere(
  domain: string,
  certificate: string,
  ports: { readonly plain: number; readonly secure: number },
): Record<string, string> {
  return {
    NODE_OPTIONS: `--require=${PRELOADED}`,
    NODE_EXTRA_CA_CERTS: certificate,
    HOSTS: `\\.${domain.replaceAll(".", "\\.")}$`,
    PLAIN_PORT: String(ports.plain),
    TLS_PORT: String(ports.secure),
  };
}
