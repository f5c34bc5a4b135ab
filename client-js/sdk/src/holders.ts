import type { Subscription } from "./subscription.ts";

/** Who needs a subscription: callbacks, records and presence may have one channel without knowing of each other. */
const holders = new WeakMap<Subscription, Set<unknown>>();

/** Subscribes. The last off of all who hold it unsubscribes, unless the application had subscribed it before them. */
export function hold(subscription: Subscription): () => void {
  const isFree = subscription.state === "unsubscribed";
  const present = isFree ? undefined : holders.get(subscription);
  const all = present ?? new Set<unknown>(isFree ? [] : ["the application"]);
  const off = (): void => {
    if (all.delete(off) && all.size === 0) {
      subscription.unsubscribe();
    }
  };
  holders.set(subscription, all.add(off));
  subscription.subscribe();
  return off;
}
