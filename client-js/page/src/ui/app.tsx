import { GraphMatcher } from "@heliograph/client/graph";
import type { Leg } from "@heliograph/client/trace";
import { computed, signal } from "@preact/signals";
import { useEffect, useMemo, useState } from "preact/hooks";
import { GraphView } from "../graph/view.tsx";
import type { PageConfig } from "../live/config.ts";
import { socketUrl } from "../live/config.ts";
import { Feed } from "../live/feed.ts";
import { forgetToken, keepToken, takeToken, tokenProvider } from "../live/token.ts";
import { GraphDialog, useDrop } from "../source/dialog.tsx";
import type { GraphSource } from "../source/source.ts";
import { publishCounters } from "./counters.ts";
import { Header } from "./header.tsx";
import { Banner, Digest, Footer, TokenForm } from "./notices.tsx";
import { SidePanel } from "./side-panel.tsx";

interface Props {
  readonly config: PageConfig;
  readonly first: GraphSource;
}

export function App({ config, first }: Props) {
  const [source, setSource] = useState(first);
  const [isChoosing, setChoosing] = useState(false);
  const [wrong, setWrong] = useState<string>();
  const onSource = (next: GraphSource): void => {
    setSource(next);
    setWrong(undefined);
  };
  useDrop(onSource, setWrong, source);
  const { graph, definitions } = source;
  const feed = useMemo(() => new Feed(graph, new GraphMatcher(graph.nodes, definitions)), [graph, definitions]);
  const picture = useMemo(
    () => ({
      tallies: computed(() => {
        feed.version.value;
        return new Map(graph.nodes.flatMap(({ uuid, id }) => entry(uuid, feed.session.tallies.get(id))));
      }),
      halfLifeMs: signal(600),
      path: signal<readonly Leg[] | undefined>(undefined),
      selected: signal<string | undefined>(undefined),
      onLight: feed.setLight.bind(feed),
    }),
    [feed, graph],
  );
  const [on, setOn] = useState(true);
  const [token, setToken] = useState(() => takeToken(window));
  const provider = useMemo(() => tokenProvider(token, config.tokenUrl), [token, config]);
  const connection = feed.connection.value;

  useEffect(() => publishCounters(window, feed), [feed]);
  useEffect(() => {
    const onLink = (): void => setToken(takeToken(window));
    addEventListener("hashchange", onLink);
    return () => removeEventListener("hashchange", onLink);
  }, []);
  useEffect(() => {
    if (on && provider !== undefined) {
      feed.on({ url: socketUrl(config.ws, location.href), channel: config.channel, token: provider });
    } else {
      feed.off();
    }
    return () => feed.off();
  }, [feed, on, provider, config]);

  const onToken = (next: string): void => {
    keepToken(window, next);
    setToken(next);
    setOn(true);
  };
  const refused = connection.state === "failed" ? whyRefused(connection) : undefined;
  useEffect(() => {
    if (refused !== undefined) {
      forgetToken(window);
    }
  }, [refused]);
  const asking = on && (provider === undefined || refused !== undefined);
  const notice = feed.notice.value;
  return (
    <div class="app">
      <Header config={config} feed={feed} on={on} onToggle={() => setOn(!on)} />
      {notice !== undefined && !asking ? (
        <Banner notice={notice} onClose={() => (feed.notice.value = undefined)} />
      ) : null}
      {wrong === undefined ? null : (
        <Banner
          notice={{ kind: "error", text: wrong, advice: "The graph stays as it was." }}
          onClose={() => setWrong(undefined)}
        />
      )}
      {isChoosing ? (
        <GraphDialog config={config} current={source} onSource={onSource} onClose={() => setChoosing(false)} />
      ) : null}
      {connection.state === "failed" && !asking ? (
        <Banner notice={failure(connection.why)} onClose={() => setOn(false)} />
      ) : null}
      <main class="main">
        <section class="stage" aria-label="Live graph">
          <GraphView graph={graph} definitions={definitions} {...picture} />
          <button type="button" class="graph-name" aria-haspopup="dialog" onClick={() => setChoosing(true)}>
            <span class="hidden">Graph: </span>
            {source.name}
          </button>
          {asking ? <TokenForm key={refused ?? ""} why={refused} onToken={onToken} /> : null}
        </section>
        <SidePanel graph={graph} feed={feed} config={config} />
      </main>
      <Footer feed={feed} />
      <Digest feed={feed} />
    </div>
  );
}

function entry<T>(key: string, value: T | undefined): readonly (readonly [string, T])[] {
  return value === undefined ? [] : [[key, value]];
}

/** Why another token is needed; undefined if that would not help. */
function whyRefused({ why, code }: { readonly why: string; readonly code: number | undefined }): string | undefined {
  if (code === 4401) {
    return "The gateway does not take this token: it has expired, or is not one of this workspace.";
  }
  if (code === 4403) {
    return "This token may not be used here (any more). Ask for one with the right grants.";
  }
  return code === undefined && /token/.test(why) ? why : undefined;
}

function failure(why: string) {
  return {
    kind: "error",
    text: `Realtime stopped: ${why}.`,
    advice: "Switch Realtime off and on to try again.",
  } as const;
}
