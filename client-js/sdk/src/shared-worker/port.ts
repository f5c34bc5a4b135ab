/** What a tab and the worker say to each other. A tab opens with its first message, the token, if it has one. */
export type PortMessage =
  | { readonly kind: "open"; readonly url: string; readonly first: string | undefined }
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: "close"; readonly code: number; readonly reason: string };

/** The part of a MessagePort that is used. */
export interface Port {
  onmessage: ((event: MessageEvent<PortMessage>) => void) | null;
  postMessage(message: PortMessage): void;
  close(): void;
}

/** The part of a SharedWorker that is used. */
export interface Worker {
  readonly port: Port;
  onerror: ((event: never) => void) | null;
}
