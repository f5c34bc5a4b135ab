import { Dialog } from "./dialog.tsx";
import { KEYS } from "./keys.ts";

export function Help({ onClose }: { readonly onClose: () => void }) {
  return (
    <Dialog title="Keys" onClose={onClose}>
      <dl class="keys">
        {KEYS.map(({ keys, does }) => (
          <div key={does}>
            <dt>
              {keys.map((key) => (
                <kbd key={key}>{key}</kbd>
              ))}
            </dt>
            <dd>{does}</dd>
          </div>
        ))}
      </dl>
      <p class="aside">They work wherever the focus is, but in a field and while a dialog is open.</p>
      <h3>What you see</h3>
      <p class="aside">
        One pulse is one event, a steady glow is steady traffic. A comet is the next step of one trace; a dashed way is
        inferred, for the nodes on it have no event. Click a node to see its events alone.
      </p>
    </Dialog>
  );
}
