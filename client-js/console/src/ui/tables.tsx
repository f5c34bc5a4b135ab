import type { ComponentChildren } from "preact";
import { isLoss, type Line, LOSSES } from "../model/history.ts";
import type { HotChannel, Loop, SlowClient, Usage } from "../model/state.ts";
import type { Question } from "./explain.tsx";
import { amount, bytes, count, plain, words } from "./format.ts";

/** What may be longer than its panel. */
function Scroll({ name, children }: { readonly name: string; readonly children: ComponentChildren }) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: without a mouse it is scrolled by its focus
    <section class="scroll" aria-label={name} tabIndex={0}>
      {children}
    </section>
  );
}

/** A share of the largest, behind its number. */
function Bar({ share }: { readonly share: number }) {
  return (
    <svg class="bar" viewBox="0 0 100 1" preserveAspectRatio="none" aria-hidden="true">
      <rect width={Math.max(0.5, Math.min(100, share * 100))} height="1" />
    </svg>
  );
}

interface LinesProps {
  readonly lines: readonly Line[];
  readonly caption: string;
  readonly nothing: string;
  readonly windowLabel: string;
}

/** Counters by their reason. */
export function Lines({ lines, caption, nothing, windowLabel }: LinesProps) {
  if (lines.length === 0) {
    return <p class="empty">{nothing}</p>;
  }
  const most = Math.max(1, ...lines.map(({ recent }) => recent));
  return (
    <Scroll name={caption}>
      <table>
        <caption class="hidden">{caption}</caption>
        <thead>
          <tr>
            <th scope="col">Reason</th>
            <th scope="col" class="right">
              {windowLabel}
            </th>
            <th scope="col" class="right">
              Since start
            </th>
          </tr>
        </thead>
        <tbody>
          {lines.map(({ name, cause, total, recent }) => (
            <tr key={`${name} ${cause}`} class={isLoss(name, cause) || !(name in LOSSES) ? "" : "wished"}>
              <th scope="row">
                {cause === "" ? LOSSES[name] : plain(cause)}
                {cause === "" || !(name in LOSSES) ? null : <small>{LOSSES[name]}</small>}
              </th>
              <td class="right barred">
                <Bar share={recent / most} />
                {count(recent)}
              </td>
              <td class="right">{count(total)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </Scroll>
  );
}

interface SlowProps {
  readonly clients: readonly SlowClient[];
  readonly onAsk: (question: Question) => void;
}

export function SlowClients({ clients, onAsk }: SlowProps) {
  if (clients.length === 0) {
    return <p class="empty">Nothing waits for anybody: all clients keep up.</p>;
  }
  const most = Math.max(1, ...clients.map(({ waitingBytes }) => waitingBytes));
  return (
    <Scroll name="Slow clients">
      <table>
        <caption class="hidden">The clients for whom most waits</caption>
        <thead>
          <tr>
            <th scope="col">Client</th>
            <th scope="col">Rung</th>
            <th scope="col" class="right">
              Waits
            </th>
            <th scope="col" class="right">
              Dropped
            </th>
          </tr>
        </thead>
        <tbody>
          {clients.map((client) => (
            <tr key={client.connection}>
              <th scope="row">
                <button
                  type="button"
                  class="link"
                  onClick={() => onAsk({ kind: "connection", value: client.connection, workspace: "" })}
                >
                  {client.who || client.connection}
                </button>
                <small>
                  {client.protocol} {client.peer}
                </small>
              </th>
              <td>
                <span class={`rung ${client.rung}`}>{client.rung}</span>
              </td>
              <td class="right barred">
                <Bar share={client.waitingBytes / most} />
                {words(bytes(client.waitingBytes))}
              </td>
              <td class="right">
                {count(client.dropped)}
                {client.merged > 0 ? <small>{count(client.merged)} merged</small> : null}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </Scroll>
  );
}

interface HotProps {
  readonly channels: readonly HotChannel[];
  readonly onAsk: (question: Question) => void;
}

export function HotChannels({ channels, onAsk }: HotProps) {
  if (channels.length === 0) {
    return <p class="empty">Nothing was published to anybody just now.</p>;
  }
  const most = Math.max(1, ...channels.map(({ deliveries }) => deliveries));
  return (
    <Scroll name="Hot channels">
      <table>
        <caption class="hidden">The channels that cause most deliveries</caption>
        <thead>
          <tr>
            <th scope="col">Channel</th>
            <th scope="col" class="right">
              In/s
            </th>
            <th scope="col" class="right">
              Out/s
            </th>
            <th scope="col" class="right">
              Clients
            </th>
          </tr>
        </thead>
        <tbody>
          {channels.map(({ workspace, channel, publications, deliveries, subscribers }) => (
            <tr key={`${workspace} ${channel}`}>
              <th scope="row">
                <button
                  type="button"
                  class="link"
                  onClick={() => onAsk({ kind: "channel", value: channel, workspace })}
                >
                  {channel}
                </button>
                <small>{workspace}</small>
              </th>
              <td class="right">{words(amount(publications))}</td>
              <td class="right barred">
                <Bar share={deliveries / most} />
                {words(amount(deliveries))}
              </td>
              <td class="right">{count(subscribers)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </Scroll>
  );
}

export function Loops({ loops }: { readonly loops: readonly Loop[] }) {
  return (
    <Scroll name="Event loops">
      <table>
        <caption class="hidden">Event loops</caption>
        <thead>
          <tr>
            <th scope="col">Loop</th>
            <th scope="col" class="right">
              Lag
            </th>
            <th scope="col" class="right">
              p99, 10 s
            </th>
            <th scope="col" class="right">
              Clients
            </th>
            <th scope="col" class="right">
              Waits
            </th>
          </tr>
        </thead>
        <tbody>
          {loops.map((loop) => (
            <tr key={loop.name}>
              <th scope="row">{loop.name}</th>
              <td class="right">{loop.lagMs.toFixed(1)} ms</td>
              <td class="right">{loop.p99Ms === 0 ? "–" : `${loop.p99Ms.toFixed(2)} ms`}</td>
              <td class="right">{count(loop.connections)}</td>
              <td class="right">{words(bytes(loop.backlogBytes))}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </Scroll>
  );
}

export function UsageTable({ usage }: { readonly usage: readonly Usage[] }) {
  if (usage.length === 0) {
    return <p class="empty">Nothing has been published yet.</p>;
  }
  return (
    <Scroll name="Usage">
      <table>
        <caption class="hidden">Messages today by workspace, as Pusher counts them</caption>
        <thead>
          <tr>
            <th scope="col">Workspace</th>
            <th scope="col" class="right">
              Published
            </th>
            <th scope="col" class="right">
              Delivered
            </th>
            <th scope="col" class="right">
              Messages
            </th>
          </tr>
        </thead>
        <tbody>
          {usage.map(({ workspace, app, connections, days }) => (
            <tr key={workspace}>
              <th scope="row">
                {workspace}
                {app === undefined ? null : (
                  <small>
                    app {app}, {count(connections)} connected
                  </small>
                )}
                <Days workspace={workspace} days={days} />
              </th>
              <td class="right">{count(days[0]?.published ?? 0)}</td>
              <td class="right">{count(days[0]?.delivered ?? 0)}</td>
              <td class="right strong">{count(days[0]?.messages ?? 0)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </Scroll>
  );
}

const DAYS_MAX = 31;

/** The last month, today at the right end. */
function Days({ workspace, days }: Pick<Usage, "workspace" | "days">) {
  const most = Math.max(1, ...days.map(({ messages }) => messages));
  const before = days[1];
  const text = before === undefined ? "no day before today" : `yesterday ${count(before.messages)}`;
  return (
    <>
      <svg class="days" viewBox={`0 0 ${DAYS_MAX * 4} 18`} role="img" aria-label={`${workspace} by day: ${text}`}>
        <line x1="0" x2={DAYS_MAX * 4} y1="17.5" y2="17.5" />
        {days.map(({ day, messages }, i) => (
          <rect
            key={day}
            x={(DAYS_MAX - 1 - i) * 4}
            width="3"
            y={17 - (messages / most) * 16}
            height={(messages / most) * 16}
          >
            <title>{`${day}: ${count(messages)}`}</title>
          </rect>
        ))}
      </svg>
      <small>{text}</small>
    </>
  );
}
