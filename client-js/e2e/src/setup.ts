import { fileURLToPath } from "node:url";
import { build } from "vite";
import type { TestProject } from "vitest/node";
import { type Demo, Gateway } from "./gateway.ts";

declare module "vitest" {
  export interface ProvidedContext {
    demo: Demo;
    /** The folder where the gateway keeps its generated secrets. */
    home: string;
    /** The folder of the built sample app that uses Segment's browser SDK. */
    app: string;
  }
}

/** Starts the gateway and bundles the sample app as its users do: from npm, with a bundler. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const app = fileURLToPath(new URL("../target/app", import.meta.url));
  await build({
    root: fileURLToPath(new URL("../app", import.meta.url)),
    logLevel: "warn",
    build: { outDir: app, emptyOutDir: true },
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
