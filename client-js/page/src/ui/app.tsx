import { useCallback, useEffect, useMemo, useRef, useState } from "preact/hooks";
import { GraphView } from "../graph/view.tsx";
import type { PageConfig } from "../live/config.ts";
import { socketUrl } from "../live/config.ts";
import { watchIdle } from "../live/idle.ts";
import type { Connection } from "../live/link.ts";
import { forgetToken, keepToken, takeToken, tokenProvider } from "../live/token.ts";
import { GraphDialog, useDrop } from "../source/dialog.tsx";
import type { GraphSource } from "../source/source.ts";
import { Banners } from "./banners.tsx";
import { publishCounters } from "./counters.ts";
import { Desk } from "./desk.ts";
import { Digest } from "./digest.tsx";
import { Footer } from "./footer.tsx";
import { Header } from "./header.tsx";
import { Help } from "./help.tsx";
import { isTaken, onPress } from "./keys.ts";
import { SidePanel } from "./panel/side-panel.tsx";
import { step } from "./panel/step.ts";
import { TokenForm } from "./token-form.tsx";
import { Toolbar } from "./toolbar.tsx";

/** A tab that is hidden for so long needs no events. */
const IDLE_MS = 600_000;

interface Props {
  readonly config: PageConfig;
  readonly source: GraphSource;
}

export function App({ config, source }: Props) {
  const desk = useMemo(() => new Desk(config, source), [config, source]);
  const filter = useRef<HTMLInputElement>(null);
  const { asking, why, onToken } = useRealtime(desk);
  useKeys(desk, filter);
  useEffect(() => desk.start(), [desk]);
  useEffect(() => publishCounters(window, desk), [desk]);
  useEffect(() => watchIdle(document, IDLE_MS, () => desk.feed.link.sleep()), [desk]);
  useDrop(
    useCallback((dropped: GraphSource) => desk.show(dropped), [desk]),
    useCallback((problem: string) => desk.refuse(problem), [desk]),
    desk.source.value,
  );
  return (
    <div class="app">
      <header>
        <Header desk={desk} />
        <Toolbar desk={desk} filter={filter} />
      </header>
      {asking ? null : <Banners desk={desk} />}
      <main class="main">
        <section class="stage" aria-label="Live graph">
          <Picture desk={desk} />
          <button type="button" class="graph-name" aria-haspopup="dialog" onClick={() => desk.openDialog("graph")}>
            <span class="hidden">Graph: </span>
            {desk.source.value.name}
          </button>
          {asking ? <TokenForm key={why ?? ""} why={why} onToken={onToken} /> : null}
        </section>
        <SidePanel desk={desk} />
      </main>
      <Footer desk={desk} />
      <Digest desk={desk} />
      <Dialogs desk={desk} />
    </div>
  );
}

function Picture({ desk }: { readonly desk: Desk }) {
  const { graph, definitions } = desk.source.value;
  const { tracker } = desk.feed;
  const onLight = useCallback<typeof tracker.setLight>((light) => tracker.setLight(light), [tracker]);
  return (
    <GraphView
      graph={graph}
      definitions={definitions}
      tallies={tracker.tallies}
      path={tracker.path}
      onLight={onLight}
      halfLifeMs={desk.halfLifeMs}
      selected={desk.selected}
    />
  );
}

function Dialogs({ desk }: { readonly desk: Desk }) {
  const dialog = desk.dialog.value;
  if (dialog === undefined) {
    return null;
  }
  const onClose = (): void => desk.closeDialog(dialog);
  return dialog.kind === "help" ? (
    <Help key={dialog.number} onClose={onClose} />
  ) : (
    <GraphDialog
      key={dialog.number}
      config={desk.config}
      current={desk.source.value}
      onSource={(source) => desk.show(source)}
      onClose={onClose}
    />
  );
}

/** Connects while Realtime is on and there is a token, anew whenever one is given; tells whether one has to be asked for. */
export function useRealtime(desk: Desk) {
  const { config, feed } = desk;
  const on = desk.on.value;
  const connection = feed.link.connection.value;
  // an object, as the same token may be given again
  const [given, setGiven] = useState(() => ({ token: takeToken(window) }));
  const provider = useMemo(() => tokenProvider(given.token, config.tokenUrl), [given, config]);
  const refused = connection.state === "failed" ? whyRefused(connection) : undefined;
  useEffect(() => {
    const onLink = (): void => {
      const token = takeToken(window);
      setGiven((before) => (token === before.token && refused === undefined ? before : { token }));
    };
    addEventListener("hashchange", onLink);
    return () => removeEventListener("hashchange", onLink);
  }, [refused]);
  useEffect(() => {
    if (on && provider !== undefined) {
      feed.on({ url: socketUrl(config.ws, location.href), channel: config.channel, token: provider });
    } else {
      desk.stop();
    }
  }, [desk, on, provider, given]);
  useEffect(() => () => desk.stop(), [desk]);
  useEffect(() => {
    if (refused !== undefined) {
      forgetToken(window);
    }
  }, [refused]);
  const onToken = (next: string): void => {
    keepToken(window, next);
    setGiven({ token: next });
    desk.on.value = true;
  };
  return { asking: on && (provider === undefined || refused !== undefined), why: refused, onToken };
}

function useKeys(desk: Desk, filter: { readonly current: HTMLInputElement | null }): void {
  useEffect(() => {
    const reach = {
      toFilter: () => filter.current?.focus(),
      step: (rows: 1 | -1) => step(desk, rows),
    };
    const onKey = (event: KeyboardEvent): void => {
      if (!event.defaultPrevented && !isTaken(event.target, document) && onPress(event, desk, reach)) {
        event.preventDefault();
      }
    };
    addEventListener("keydown", onKey);
    return () => removeEventListener("keydown", onKey);
  }, [desk, filter]);
}

/** Why another token is needed; undefined if that would not help. */
function whyRefused({ why, code }: Extract<Connection, { state: "failed" }>): string | undefined {
  if (code === 4401) {
    return "The gateway does not take this token: it has expired, or is not one of this workspace.";
  }
  if (code === 4403) {
    return "This token may not be used here (any more). Ask for one with the right grants.";
  }
  return code === undefined && /token/.test(why) ? why : undefined;
}
