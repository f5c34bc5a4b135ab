import { randomUUID } from "node:crypto";
import { afterEach, beforeEach, describe, expect, inject, it } from "vitest";
import WebSocket from "ws";
import { launchBrowser } from "../src/browser.ts";
import { Subscriber } from "../src/subscriber.ts";
import { Tap } from "../src/tap.ts";

const demo = inject("demo");
const AGREED = "permessage-deflate; server_no_context_takeover; client_no_context_takeover";

/** What a browser was told, and in which words the extension was agreed. */
interface Seen {
  readonly extensions: string;
  readonly texts: readonly string[];
}

describe("permessage-deflate", () => {
  let tap: Tap;

  beforeEach(async () => {
    tap = await Tap.on(demo.url);
  });

  afterEach(() => tap.close());

  it("is agreed with Chromium, which reads what travels compressed", async () => {
    const { context, close } = await launchBrowser();
    try {
      const page = await context.newPage();
      await page.goto(tap.url);
      const name = longName();
      const subscribed = page.evaluate(listen, { url: socketUrl(tap), channel: demo.channel, name });
      await publishWhenSubscribed(name);
      const { extensions, texts } = await subscribed;
      expect(extensions).toBe(AGREED);
      expectCompressed(texts, name);
    } finally {
      await close();
    }
  });

  it("is agreed with the ws package, which reads what travels compressed and is read", async () => {
    const name = longName();
    const socket = new WebSocket(socketUrl(tap), { perMessageDeflate: { threshold: 0 } });
    const texts: string[] = [];
    const seen = new Promise<void>((resolve, reject) => {
      socket.on("error", reject);
      socket.on("message", (data: Buffer) => {
        texts.push(data.toString("utf8"));
        if (texts.length === 1) socket.send(JSON.stringify({ type: "subscribe", channel: demo.channel, payload: {} }));
        if (texts.at(-1)?.includes(name)) resolve();
      });
    });
    await publishWhenSubscribed(name);
    await seen;
    expectCompressed(texts, name);
    expect(socket.extensions).toBe("permessage-deflate");
    socket.terminate();
  });

  /** A client without compression is told the same, as it is. */
  it("is not forced on who does not offer it", async () => {
    const subscriber = await Subscriber.of({ ...demo, ws: socketUrl(tap) });
    const name = longName();
    await publish(name);
    await subscriber.event(name);
    expect(tap.said()).toContain(name);
    subscriber.close();
  });

  /** The client was told of the event, and its name was on the wire in no other form. */
  function expectCompressed(texts: readonly string[], name: string): void {
    expect(texts.filter((text) => text.includes(name))).toHaveLength(1);
    expect(tap.said()).toContain(`Sec-WebSocket-Extensions: ${AGREED}\r\n`);
    expect(tap.said()).not.toContain(name);
  }

  /** The subscription's answer is short, so it is on the wire as it is. */
  async function publishWhenSubscribed(name: string): Promise<void> {
    await expect.poll(() => tap.said(), { timeout: 20_000 }).toContain('"type":"subscribed"');
    await publish(name);
  }
});

/** Runs in the browser: subscribes, and returns what came when the event has come. */
function listen({ url, channel, name }: { url: string; channel: string; name: string }): Promise<Seen> {
  return new Promise((resolve, reject) => {
    const socket = new globalThis.WebSocket(url);
    const texts: string[] = [];
    socket.onerror = () => reject(new Error("the connection failed"));
    socket.onmessage = ({ data }: MessageEvent<string>) => {
      texts.push(data);
      if (texts.length === 1) socket.send(JSON.stringify({ type: "subscribe", channel, payload: {} }));
      if (data.includes(name)) resolve({ extensions: socket.extensions, texts });
    };
  });
}

/** Repeats itself, so that no compressor leaves it as it is. */
function longName(): string {
  return `${"again and again ".repeat(8)}${randomUUID()}`;
}

function socketUrl(tap: Tap): string {
  return `${tap.url.replace("http", "ws")}/ws?token=${demo.token}`;
}

async function publish(event: string): Promise<void> {
  const answer = await fetch(`${demo.url}/v1/track`, {
    method: "POST",
    headers: { "content-type": "application/json", authorization: `Basic ${btoa(`${demo.writeKey}:`)}` },
    body: JSON.stringify({ event, userId: "compressed", messageId: randomUUID() }),
  });
  expect(answer.status).toBe(200);
}
