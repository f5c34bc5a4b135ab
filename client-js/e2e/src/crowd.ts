import { createHmac } from "node:crypto";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { connect } from "node:net";
import { join } from "node:path";
import WebSocket from "ws";
import type { Gateway } from "./gateway.ts";

const SIP_BYTES = 4_096;
const SIP_MS = 100;

/** A short frame of RFC 6455, masked with zeros. */
function frame(opcode: number, text: string): Buffer {
  const payload = Buffer.from(text);
  return Buffer.concat([Buffer.from([0x80 | opcode, 0x80 | payload.length, 0, 0, 0, 0]), payload]);
}

/** Clients of every kind at one gateway: some that read, some that do not. */
export class Crowd {
  readonly #gateway: Gateway;
  readonly #ends: (() => void)[] = [];

  constructor(gateway: Gateway) {
    this.#gateway = gateway;
  }

  /** A native client that is subscribed. */
  async webSocket(channel: string, user = "demo"): Promise<WebSocket> {
    const socket = new WebSocket(this.#gateway.demo.ws, ["heliograph.v1"], {
      headers: { authorization: `Bearer ${this.#token(user)}` },
      perMessageDeflate: false,
    });
    this.#keep(socket);
    const subscribed = new Promise<void>((resolve) => {
      socket.on("message", (data: Buffer) => {
        if (data.subarray(0, 200).includes('"subscribed"')) {
          resolve();
        }
      });
    });
    await once(socket, "open");
    socket.send(JSON.stringify({ type: "subscribe", channel, payload: {} }));
    await subscribed;
    return socket;
  }

  /** One that reads a little, and far less than it is sent: it is never taken for dead, and never catches up. */
  async slowWebSocket(channel: string, user: string): Promise<void> {
    const { hostname, port } = new URL(this.#gateway.demo.url);
    const socket = connect({ host: hostname, port: Number(port) });
    socket.on("error", () => undefined);
    this.#ends.push(() => socket.destroy());
    await once(socket, "connect");
    socket.write(
      [
        "GET /ws HTTP/1.1",
        `Host: ${hostname}:${port}`,
        "Upgrade: websocket",
        "Connection: Upgrade",
        "Sec-WebSocket-Version: 13",
        `Sec-WebSocket-Key: ${Buffer.alloc(16).toString("base64")}`,
        "Sec-WebSocket-Protocol: heliograph.v1",
        `Authorization: Bearer ${this.#token(user)}`,
        "\r\n",
      ].join("\r\n"),
    );
    await once(socket, "readable");
    socket.write(frame(0x1, JSON.stringify({ type: "subscribe", channel, payload: {} })));
    const sip = setInterval(() => {
      socket.read(Math.min(SIP_BYTES, socket.readableLength));
      socket.write(frame(0xa, "")); // a pong: it lives
    }, SIP_MS);
    this.#ends.push(() => clearInterval(sip));
  }

  /** A client of Pusher's protocol on a public channel. */
  async pusher(channel: string): Promise<void> {
    const { ws, pusher } = this.#gateway.demo;
    const socket = new WebSocket(`${ws.replace(/\/ws$/, "")}/app/${pusher.key}?protocol=7&client=js&version=8.6.0`);
    this.#keep(socket);
    await once(socket, "message");
    socket.send(JSON.stringify({ event: "pusher:subscribe", data: { channel } }));
    await once(socket, "message");
  }

  /** An event stream. */
  async eventStream(channel: string): Promise<void> {
    const ending = new AbortController();
    this.#ends.push(() => ending.abort());
    const { url, token } = this.#gateway.demo;
    const response = await fetch(`${url}/sse?channel=${channel}`, {
      headers: { authorization: `Bearer ${token}`, accept: "text/event-stream" },
      signal: ending.signal,
    });
    const reader = response.body?.getReader();
    const drain = async (): Promise<void> => {
      while (!(await reader?.read())?.done) {
        // what comes is not looked at
      }
    };
    drain().catch(() => undefined); // it ends by its abort
  }

  /** Publishes so many messages of so many bytes each. */
  async publish(channel: string, count: number, bytes: number): Promise<void> {
    const { url, token } = this.#gateway.demo;
    const message = { channel, data: "x".repeat(bytes) };
    const response = await fetch(`${url}/publications`, {
      method: "POST",
      headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
      body: JSON.stringify(Array.from({ length: count }, () => message)),
    });
    if (response.status !== 200) {
      throw new Error(`POST /publications: ${response.status} ${await response.text()}`);
    }
    await response.arrayBuffer();
  }

  /** Publishes so much once and again until all leave. */
  keepPublishing(channel: string, count: number, bytes: number, everyMs: number): void {
    const timer = setInterval(() => {
      // the gateway may be stopped while the crowd stands there
      this.publish(channel, count, bytes).catch(() => undefined);
    }, everyMs);
    this.#ends.push(() => clearInterval(timer));
  }

  leave(): void {
    for (const end of this.#ends.splice(0)) {
      end();
    }
  }

  #keep(socket: WebSocket): void {
    socket.on("error", () => undefined); // the gateway may be stopped while the crowd stands there
    this.#ends.push(() => socket.terminate());
  }

  /** The demo's token in somebody else's name. */
  #token(user: string): string {
    const [header = "", claims = ""] = this.#gateway.demo.token.split(".");
    const changed = { ...JSON.parse(Buffer.from(claims, "base64url").toString()), sub: user };
    const signed = `${header}.${Buffer.from(JSON.stringify(changed)).toString("base64url")}`;
    const secret = readFileSync(join(this.#gateway.home, "token-secret"), "utf8").trim();
    return `${signed}.${createHmac("sha256", secret).update(signed).digest("base64url")}`;
  }
}
