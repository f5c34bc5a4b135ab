import { type Clock, Timers } from "./clock.ts";
import { DisconnectedError, GatewayError, type HeliographError, NotSentError, RequestTimeoutError } from "./errors.ts";
import { type ClientMessage, encode, type ServerFrame, type ServerMessage } from "./protocol.ts";

export interface RequestLimits {
  /** Requests waiting for a connection or for an answer. */
  readonly requestsMax: number;
  /** From the call to the answer, waiting for a connection included. */
  readonly requestTimeoutMs: number;
}

/** Where messages leave; implemented by the connection. */
export interface Sender {
  readonly maxMessageBytes: number;
  /** False, and nothing sent, if that is not possible now. */
  send(text: string): boolean;
}

/** Who asked: gets the answer, or the reason why there is none, exactly once. */
export interface Asker {
  onAnswer(answer: ServerMessage): void;
  onError(error: HeliographError): void;
}

interface Request extends Asker {
  readonly message: ClientMessage & { readonly requestId: string };
  readonly repeatable: boolean;
  sent: boolean;
}

/** Questions and their answers, correlated by `requestId`; bounded. Those asked without a connection wait for one. */
export class Requests {
  readonly #limits: RequestLimits;
  readonly #sender: Sender;
  readonly #timers: Timers;
  readonly #pending = new Map<string, Request>();
  #next = 1;
  #open = false;

  constructor(limits: RequestLimits, clock: Clock, sender: Sender) {
    this.#limits = limits;
    this.#sender = sender;
    this.#timers = new Timers(clock);
  }

  /** @param repeatable whether saying it twice does no harm, so that it is repeated after a reconnect */
  ask(message: ClientMessage, repeatable: boolean, asker: Asker): void {
    const { requestsMax, requestTimeoutMs } = this.#limits;
    if (this.#pending.size >= requestsMax) {
      asker.onError(new NotSentError(`${requestsMax} requests wait already`));
      return;
    }
    const requestId = `r${this.#next++}`;
    const request: Request = { ...asker, message: { ...message, requestId }, repeatable, sent: false };
    this.#pending.set(requestId, request);
    this.#timers.set(requestId, requestTimeoutMs, () =>
      this.#fail(request, new RequestTimeoutError(`no answer to ${message.type} in ${requestTimeoutMs} ms`)),
    );
    if (this.#open) {
      this.#send(request);
    }
  }

  /** Gives an answer to who asked; false if nobody did. */
  onMessage(frame: ServerFrame): boolean {
    const request = this.#pending.get(frame.requestId ?? "");
    if (request === undefined) {
      return false;
    }
    if (frame.type === "error") {
      const { code, message } = frame.payload;
      this.#fail(request, new GatewayError(code, message, frame.channel ?? request.message.channel));
    } else {
      this.#forget(request);
      request.onAnswer(frame as ServerMessage);
    }
    return true;
  }

  /** @param before what is asked before those that have waited */
  onReady(before: () => void): void {
    const waiting = [...this.#pending.values()];
    this.#open = true;
    before();
    for (const request of waiting) {
      this.#send(request);
    }
  }

  /** @param drop nothing that was sent may be repeated, one of them was the reason */
  onDown(drop: boolean): void {
    this.#open = false;
    for (const request of [...this.#pending.values()]) {
      const { type, channel } = request.message;
      if (request.sent && drop) {
        this.#fail(request, new GatewayError("BAD_MESSAGE", `the gateway closed the connection on ${type}`, channel));
      } else if (request.sent && !request.repeatable) {
        this.#fail(request, new DisconnectedError(`connection lost before the answer to ${type}`));
      }
      request.sent = false;
    }
  }

  /** The client stopped: nobody will answer. */
  onEnd(reason: string): void {
    for (const request of [...this.#pending.values()]) {
      this.#fail(request, new DisconnectedError(reason));
    }
  }

  #send(request: Request): void {
    const { message } = request;
    const { maxMessageBytes } = this.#sender;
    const text = encode(message);
    if (exceeds(text, maxMessageBytes)) {
      const why = `the ${message.type} is larger than the gateway takes: ${maxMessageBytes} bytes`;
      this.#fail(request, new GatewayError("TOO_LARGE", why, message.channel));
    } else if (this.#sender.send(text)) {
      request.sent = true;
    } else {
      this.#fail(request, new NotSentError("the connection's buffer is full"));
    }
  }

  #fail(request: Request, error: HeliographError): void {
    this.#forget(request);
    request.onError(error);
  }

  #forget(request: Request): void {
    this.#timers.clear(request.message.requestId);
    this.#pending.delete(request.message.requestId);
  }
}

/** Whether the text's UTF-8 form is longer than that; encodes it only if its length leaves that open. */
function exceeds(text: string, bytesMax: number): boolean {
  return text.length * 3 > bytesMax && new TextEncoder().encode(text).length > bytesMax;
}
