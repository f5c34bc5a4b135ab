import type { Viewer } from "../../live/viewers.ts";
import { Avatar } from "../avatars.tsx";
import type { Desk } from "../desk.ts";
import { count, time } from "../format.ts";

/** Who looks at this graph, and at what of it. */
export function PresencePanel({ desk }: { readonly desk: Desk }) {
  const company = desk.viewers.company.value;
  switch (company.state) {
    case "off":
      return <p class="empty">Who else is here is known once the page is connected.</p>;
    case "hidden":
      return (
        <div class="empty">
          <p>
            {company.published
              ? "Others see you here; this token does not show them to you."
              : "This token does not show who else is here, nor you to others."}
          </p>
          <Grants channel={company.channel} />
        </div>
      );
    case "seen": {
      const { viewers, count: present, published } = company;
      const alone = present === viewers.filter(({ isMe }) => isMe).length;
      return (
        <>
          <ul class="viewers">
            {viewers.map((viewer) => (
              <ViewerRow key={viewer.id} desk={desk} viewer={viewer} />
            ))}
          </ul>
          {present > viewers.length ? (
            <p class="empty">{count(present - viewers.length)} more, too many to name.</p>
          ) : null}
          {alone ? <p class="empty">Nobody else looks at this graph now.</p> : null}
          {published ? null : (
            <div class="empty">
              <p>You see others here; this token does not show you to them.</p>
              <Grants channel={company.channel} />
            </div>
          )}
        </>
      );
    }
  }
}

/** What it takes to see and to be seen. */
function Grants({ channel }: { readonly channel: string }) {
  return (
    <p class="aside">
      It takes the grants <code>presence</code> and <code>subscribe</code> on <code>{channel}</code>, or on{" "}
      <code>presence:graph-*</code>.
    </p>
  );
}

function ViewerRow({ desk, viewer }: { readonly desk: Desk; readonly viewer: Viewer }) {
  const { id, name, isMe, stale, tabs, since, viewing } = viewer;
  const { follows, filter } = viewing;
  return (
    <li class={stale ? "viewer stale" : "viewer"} data-viewer-row={id}>
      <Avatar viewer={viewer} />
      <div>
        <p class="viewer-name">
          {name}
          {isMe ? <span class="aside"> you</span> : null}
          {tabs > 1 ? <span class="aside"> in {tabs} tabs</span> : null}
        </p>
        <p class="aside">
          {stale ? "may have left" : `since ${time(since).slice(0, 8)}`}
          {filter === undefined ? "" : ` · looks at ${filter}`}
        </p>
        {follows === undefined ? null : (
          <p class="aside">
            follows{" "}
            <button type="button" class="value" title="Follow it, too" onClick={() => desk.followToo(follows)}>
              {follows}
            </button>
          </p>
        )}
      </div>
    </li>
  );
}
