/** What a transport tells its owner; nothing comes after `onClose`. */
export interface TransportListener {
  onOpen(): void;
  onMessage(text: string): void;
  onClose(code: number, reason: string): void;
}

/** One attempt at one connection. */
export interface Transport {
  send(text: string): void;
  close(code: number, reason: string): void;
  /** Characters accepted by `send` that have not left yet. */
  readonly bufferedAmount: number;
}

export type TransportFactory = (url: string, listener: TransportListener) => Transport;

/** The part of the standard WebSocket that is used, so that any implementation of it can be passed in. */
export interface WebSocketLike {
  readonly bufferedAmount: number;
  onopen: ((event: never) => void) | null;
  onmessage: ((event: never) => void) | null;
  onclose: ((event: never) => void) | null;
  onerror: ((event: never) => void) | null;
  send(text: string): void;
  close(code?: number, reason?: string): void;
}

export type WebSocketConstructor = new (url: string, protocols: string[]) => WebSocketLike;

const SUBPROTOCOL = "heliograph.v1";

/** A transport over WebSocket: the platform's own, or the one passed in. */
export function webSocketTransport(implementation?: WebSocketConstructor): TransportFactory {
  return (url, listener) => {
    const socket: WebSocketLike = new (implementation ?? WebSocket)(url, [SUBPROTOCOL]);
    socket.onopen = () => listener.onOpen();
    socket.onmessage = (event: { readonly data: unknown }) => {
      if (typeof event.data === "string") {
        listener.onMessage(event.data);
      }
    };
    // The close that follows says as much; but who does not listen is ended by some implementations for Node.
    socket.onerror = () => {};
    socket.onclose = (event: { readonly code: number; readonly reason: string }) =>
      listener.onClose(event.code, event.reason);
    return socket;
  };
}
