import type { ErrorCode } from "./protocol.ts";

/** Root of everything this client rejects a promise or reports an `error` event with. */
export class HeliographError extends Error {
  override readonly name: string = "HeliographError";
}

/** The gateway refused a message: an `error` frame. */
export class GatewayError extends HeliographError {
  override readonly name: string = "GatewayError";
  readonly code: ErrorCode;
  readonly channel: string | undefined;

  constructor(code: ErrorCode, message: string, channel?: string) {
    super(`${code}: ${message}`);
    this.code = code;
    this.channel = channel;
  }
}

/** No answer in time. Whether the gateway acted on the request is not known. */
export class RequestTimeoutError extends HeliographError {
  override readonly name: string = "RequestTimeoutError";
}

/** There is no connection, or it went away before the answer. Whether the gateway acted on the request is not known. */
export class DisconnectedError extends HeliographError {
  override readonly name: string = "DisconnectedError";
}

/** Too much is waiting already, or the message is larger than the gateway takes. Nothing was sent. */
export class NotSentError extends HeliographError {
  override readonly name: string = "NotSentError";
}

/** A loop over events is further behind than it may be, and wanted to know rather than miss any. */
export class OverflowError extends HeliographError {
  override readonly name: string = "OverflowError";
}

/** A frame from the gateway could not be read. */
export class ProtocolError extends HeliographError {
  override readonly name: string = "ProtocolError";
}

/** The token provider failed or took too long; the client asks again with the next attempt. */
export class TokenError extends HeliographError {
  override readonly name: string = "TokenError";
}

/** Throw this in a token provider, when asking again is pointless: the client stops with the state `failed`. */
export class UnauthorizedError extends HeliographError {
  override readonly name: string = "UnauthorizedError";
}
