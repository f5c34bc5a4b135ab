import { existsSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type BrowserContext, chromium } from "playwright-core";

const EXECUTABLE = process.env["CHROMIUM"] ?? "/usr/bin/chromium";

/**
 * A headless Chromium with a profile of its own, which ends with it.
 *
 * @param without arguments that it would be given by default
 */
export async function launchBrowser(
  without: string[] = [],
): Promise<{ context: BrowserContext; close: () => Promise<void> }> {
  if (!existsSync(EXECUTABLE)) {
    throw new Error(`no browser at ${EXECUTABLE}: apt-get install chromium, or set CHROMIUM`);
  }
  const profile = await mkdtemp(join(tmpdir(), "heliograph-chromium-"));
  const context = await chromium.launchPersistentContext(profile, {
    executablePath: EXECUTABLE,
    headless: true,
    ignoreDefaultArgs: without,
    viewport: { width: 1280, height: 800 },
    args: [
      "--no-sandbox",
      "--disable-gpu",
      "--disable-quic",
      "--no-first-run",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync",
    ],
  });
  return {
    context,
    close: async () => {
      await context.close();
      await rm(profile, { recursive: true, force: true });
    },
  };
}
