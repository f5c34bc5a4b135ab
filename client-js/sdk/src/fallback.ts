import { type Clock, systemClock } from "./clock.ts";
import type { Transport, TransportFactory } from "./transport.ts";

export interface FallbackOptions {
  /** How long one may take until the gateway is heard over it. Default 4 s. */
  readonly timeoutMs?: number;
  readonly clock?: Clock;
}

/**
 * Tries transports in this order until the gateway is heard over one of them, and stays with that one. What comes to nothing is left for
 * the next at once, and so is what the platform does not have; if none works, the next attempt begins with the first.
 */
export function fallback(
  transports: readonly [TransportFactory, ...TransportFactory[]],
  { timeoutMs = 4_000, clock = systemClock }: FallbackOptions = {},
): TransportFactory {
  let proven: TransportFactory | undefined;
  return (url, listener) => {
    const left = proven === undefined ? [...transports] : [proven];
    let transport: Transport;
    /** Rises with each that is tried, and at the end: what an earlier one still says is not heard. */
    let current = 0;
    let stopTimer = (): void => {};

    const dial = (): void => {
      const mine = ++current;
      const factory = left.shift() as TransportFactory;
      const isLast = left.length === 0;
      let heard = false;
      const giveUp = (code: number, reason: string): void => {
        if (mine === current) {
          stopTimer();
          if (isLast || heard) {
            current++;
            listener.onClose(code, reason);
          } else {
            transport.close(1000, "");
            try {
              dial();
            } catch (error) {
              // for whoever has dialled it is too late to catch
              listener.onClose(1006, String(error));
            }
          }
        }
      };
      try {
        transport = factory(url, {
          onOpen: () => mine === current && listener.onOpen(),
          onMessage: (text) => {
            if (mine === current) {
              stopTimer();
              heard = true;
              proven = factory;
              listener.onMessage(text);
            }
          },
          onClose: giveUp,
        });
      } catch (error) {
        if (isLast) {
          throw error;
        }
        dial();
        return;
      }
      if (!isLast) {
        stopTimer = clock.setTimer(() => giveUp(1006, "not heard in time"), timeoutMs);
      }
    };

    dial();
    return {
      get bufferedAmount() {
        return transport.bufferedAmount;
      },
      send: (text) => transport.send(text),
      close: (code, reason) => {
        current++;
        stopTimer();
        transport.close(code, reason);
      },
    };
  };
}
