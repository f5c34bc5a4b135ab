import type { Desk } from "./desk.ts";
import { PassingButton } from "./passing.tsx";

/** What the view is bound to, each with its way out. */
export function Chips({ desk }: { readonly desk: Desk }) {
  const { event, trace, user } = desk.terms.value;
  const node = desk.selectedLabel;
  const followed = desk.feed.tracker.followed.value;
  return (
    <div class="chips">
      <Chip kind="event" value={event} onRemove={() => desk.filterBy({ event: undefined })} />
      <Chip kind="node" value={node} onRemove={() => (desk.selected.value = undefined)} />
      <Chip kind="trace" value={trace} onRemove={() => desk.filterBy({ trace: undefined })} />
      <Chip kind="user" value={user} onRemove={() => desk.filterBy({ user: undefined })} />
      <Chip kind="following" value={followed} onRemove={() => desk.follow(undefined)} />
    </div>
  );
}

interface ChipProps {
  readonly kind: string;
  readonly value: string | undefined;
  readonly onRemove: () => void;
}

function Chip({ kind, value, onRemove }: ChipProps) {
  if (value === undefined) {
    return null;
  }
  return (
    <span class={`chip ${kind}`} data-chip={kind}>
      <span class="chip-kind">{kind}</span>
      <span class="chip-value" title={value}>
        {value}
      </span>
      <PassingButton aria-label={`No longer: ${kind} ${value}`} onClick={onRemove}>
        ×
      </PassingButton>
    </span>
  );
}
