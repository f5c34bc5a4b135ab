import { personOf } from "../claims.ts";
import { type Clock, systemClock } from "../clock.ts";
import type { ClientMessage, JoinResult } from "../protocol.ts";
import { type TransportFactory, webSocketTransport } from "../transport.ts";
import { Lane, type LaneOwner, type Wanted } from "./lane.ts";
import type { Port, PortMessage } from "./port.ts";
import { Tab } from "./tab.ts";

export interface HubOptions {
  /** How the gateway is reached. Default: a WebSocket. */
  readonly transport?: TransportFactory;
  readonly clock?: Clock;
}

/**
 * All tabs of a browser, and the connections they share: one for each gateway and user. Where tabs want the same channel in different
 * ways, which one connection does not give, the later one has it over a further connection, which again all share.
 */
export class Hub implements LaneOwner {
  readonly transport: TransportFactory;
  readonly clock: Clock;
  readonly #lanes = new Set<Lane>();

  constructor({ transport = webSocketTransport(), clock = systemClock }: HubOptions = {}) {
    this.transport = transport;
    this.clock = clock;
  }

  /** A tab has come. */
  connect(port: Port): void {
    const tab = new Tab(port);
    port.onmessage = ({ data }) => this.#onMessage(tab, data);
  }

  onSilent(tab: Tab): void {
    this.#end(tab, 1001, "the tab has not answered for long");
  }

  onClose(lane: Lane, tabs: readonly Tab[], code: number, reason: string): void {
    this.#lanes.delete(lane);
    for (const tab of tabs) {
      this.#end(tab, code, reason);
    }
  }

  #end(tab: Tab, code: number, reason: string): void {
    tab.close(code, reason);
    this.#depart(tab);
  }

  #depart(tab: Tab): void {
    for (const lane of [...tab.lanes]) {
      lane.depart(tab);
    }
  }

  #onMessage(tab: Tab, message: PortMessage): void {
    if (message.kind === "close") {
      this.#depart(tab);
    } else if (message.kind === "open") {
      const { requestId, payload } = JSON.parse(message.first ?? "{}") as ClientMessage;
      const { token } = (payload ?? {}) as { readonly token?: string };
      this.#lane(message.url, token, () => true).arrive(tab, requestId);
    } else {
      tab.silent = 0;
      const [home] = tab.lanes;
      if (home !== undefined) {
        this.#onText(tab, home, JSON.parse(message.text) as ClientMessage);
      }
    }
  }

  #lane(url: string, token: string | undefined, fits: (lane: Lane) => boolean): Lane {
    const person = personOf(token);
    for (const lane of this.#lanes) {
      if (lane.open && lane.url === url && lane.person === person && fits(lane)) {
        return lane;
      }
    }
    const lane = new Lane(url, token, this);
    this.#lanes.add(lane);
    return lane;
  }

  #onText(tab: Tab, home: Lane, message: ClientMessage): void {
    const { type, channel = "", requestId } = message;
    const ask = (): void => home.ask(message, (answer) => tab.say({ ...answer, requestId }));
    switch (type) {
      case "authenticate":
        for (const lane of tab.lanes) {
          const { token } = message.payload as { readonly token: string };
          lane.renew(token, (answer) => lane === home && tab.say({ ...answer, requestId }));
        }
        break;
      case "subscribe":
        this.#subscribe(tab, home, requestId, (message.payload as { readonly channels: readonly Wanted[] }).channels);
        break;
      case "unsubscribe":
        for (const lane of tab.lanes) {
          lane.leave(tab, channel);
        }
        break;
      case "pong":
        break;
      case "presence:leave":
        if (home.leavePresence(tab, channel)) {
          tab.say({ type: "presence:left", channel, requestId, payload: {} });
        } else {
          ask();
        }
        break;
      case "presence:join":
        home.joinPresence(tab, channel);
        ask();
        break;
      default:
        ask();
    }
  }

  #subscribe(tab: Tab, home: Lane, requestId: string | undefined, channels: readonly Wanted[]): void {
    const results: JoinResult[] = [];
    const onResult = (result: JoinResult): void => {
      if (results.push(result) === channels.length) {
        tab.onAnswered({ type: "subscribed", requestId, payload: { channels: results } });
      }
    };
    tab.onAsked();
    const byLane = new Map<Lane, Wanted[]>();
    for (const wanted of channels) {
      const [lane, adapted] = this.#place(tab, home, wanted);
      byLane.set(lane, [...(byLane.get(lane) ?? []), adapted]);
    }
    for (const [lane, its] of byLane) {
      lane.enter(tab);
      lane.join(tab, its, onResult);
    }
  }

  /** Where the tab gets the channel. Where it had it together with others, who keep it as it was, it goes on from there. */
  #place(tab: Tab, home: Lane, wanted: Wanted): readonly [Lane, Wanted] {
    for (const lane of tab.lanes) {
      if (lane.hasAlone(tab, wanted.channel)) {
        return [lane, wanted];
      }
    }
    const [left] = [...tab.lanes].flatMap((lane) => lane.leave(tab, wanted.channel) ?? []);
    const adapted = left === undefined ? wanted : { recover: left, ...wanted };
    return [this.#lane(home.url, home.token, (lane) => lane.fits(tab, adapted)), adapted];
  }
}
