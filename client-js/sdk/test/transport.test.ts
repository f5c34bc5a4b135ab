import { expect, it } from "vitest";
import { closeAction } from "../src/protocol.ts";
import { type WebSocketLike, webSocketTransport } from "../src/transport.ts";

class Socket implements WebSocketLike {
  static last: Socket;
  readonly bufferedAmount = 0;
  onopen: ((event: never) => void) | null = null;
  onmessage: ((event: never) => void) | null = null;
  onclose: ((event: never) => void) | null = null;
  onerror: ((event: never) => void) | null = null;
  readonly url: string;
  readonly protocols: string[];

  constructor(url: string, protocols: string[]) {
    this.url = url;
    this.protocols = protocols;
    Socket.last = this;
  }

  send(): void {}
  close(): void {}
}

it("offers the native protocol, passes text on and leaves binary alone", () => {
  const heard: unknown[] = [];
  webSocketTransport(Socket)("ws://x/ws", {
    onOpen: () => heard.push("open"),
    onMessage: (text) => heard.push(text),
    onClose: (code, reason) => heard.push([code, reason]),
  });
  const { url, protocols, onopen, onmessage, onclose, onerror } = Socket.last;
  onopen?.({} as never);
  onmessage?.({ data: "text" } as never);
  onmessage?.({ data: new ArrayBuffer(2) } as never);
  expect(() => onerror?.({} as never)).not.toThrow();
  onclose?.({ code: 1001, reason: "away" } as never);
  expect([url, protocols]).toEqual(["ws://x/ws", ["heliograph.v1"]]);
  expect(heard).toEqual(["open", "text", [1001, "away"]]);
});

it("knows what every close code of the protocol asks for", () => {
  const codes = [1000, 1001, 1002, 1003, 1006, 1007, 1009, 1011, 1012, 1013, 4401, 4403, 4408, 4429, 4999];
  expect(codes.map((code) => `${code} ${closeAction(code)}`)).toEqual([
    "1000 retry",
    "1001 retry",
    "1002 drop",
    "1003 drop",
    "1006 retry",
    "1007 drop",
    "1009 drop",
    "1011 retry",
    "1012 retry",
    "1013 retry",
    "4401 token",
    "4403 stop",
    "4408 retry",
    "4429 wait",
    "4999 retry",
  ]);
});
