import { fileURLToPath } from "node:url";
import { build } from "vite";
import type { TestProject } from "vitest/node";
import { type Demo, Gateway } from "./gateway.ts";

declare module "vitest" {
  export interface ProvidedContext {
    demo: Demo;
    /** The folder where the gateway keeps its generated secrets. */
    home: string;
    /** The folder of the built sample apps: one that uses Segment's browser SDK, and `tasks/`, which uses ours. */
    app: string;
  }
}

/** Starts the gateway and bundles the sample apps as their users do. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const app = fileURLToPath(new URL("../target/app", import.meta.url));
  const root = fileURLToPath(new URL("../app/", import.meta.url));
  const sdk = fileURLToPath(new URL("../../sdk/src/", import.meta.url));
  await build({
    root,
    logLevel: "warn",
    resolve: {
      alias: [
        { find: /^@heliograph\/client$/, replacement: `${sdk}index.ts` },
        { find: /^@heliograph\/client\/(.+)$/, replacement: `${sdk}$1.ts` },
      ],
    },
    build: {
      outDir: app,
      emptyOutDir: true,
      target: "es2022",
      rolldownOptions: { input: [`${root}index.html`, `${root}tasks/index.html`] },
    },
  });
  const gateway = await Gateway.start();
  project.provide("demo", gateway.demo);
  project.provide("home", gateway.home);
  project.provide("app", app);
  return async () => {
    const code = await gateway.stop();
    if (code !== 0) {
      throw new Error(`the gateway ended with ${code} after SIGTERM; expected 0`);
    }
  };
}
