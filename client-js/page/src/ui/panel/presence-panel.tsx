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
          <p>This token does not show who else is here, nor you to others.</p>
          <p class="aside">
            It takes the grants <code>presence</code> and <code>subscribe</code> on <code>{company.channel}</code>, or
            on <code>presence:graph-*</code>.
          </p>
        </div>
      );
    case "seen":
      return (
        <>
          <ul class="viewers">
            {company.viewers.map((viewer) => (
              <ViewerRow key={viewer.id} desk={desk} viewer={viewer} />
            ))}
          </ul>
          {company.count > company.viewers.length ? (
            <p class="empty">{count(company.count - company.viewers.length)} more, too many to name.</p>
          ) : null}
          {company.count === 1 ? <p class="empty">Nobody else looks at this graph now.</p> : null}
        </>
      );
  }
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
