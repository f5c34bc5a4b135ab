import "./dialog.css";
import { useEffect, useRef } from "preact/hooks";

/** To see what happens, who looks at it, and to be seen. */
const MAKING =
  "./heliograph token --config YOUR.yaml --user you --grant 'subscribe:private-*' --grant 'subscribe:presence:graph-*' --grant 'presence:presence:graph-*'";

interface Props {
  readonly why: string | undefined;
  readonly onToken: (token: string) => void;
}

export function TokenForm({ why, onToken }: Props) {
  const field = useRef<HTMLTextAreaElement>(null);
  useEffect(() => field.current?.focus(), []);
  const onSubmit = (event: Event): void => {
    event.preventDefault();
    const token = field.current?.value.trim() ?? "";
    if (token !== "") {
      onToken(token);
    }
  };
  return (
    <form class="token-form" aria-labelledby="token-title" onSubmit={onSubmit}>
      <h2 id="token-title">A token, please</h2>
      <p>{why ?? "This page shows events only to those who may see them."}</p>
      <label for="token">Token (a JWT for this workspace)</label>
      <textarea id="token" ref={field} rows={4} required autocomplete="off" spellcheck={false} placeholder="eyJ…" />
      <p class="aside">
        Make one with <code>{MAKING}</code>, or open the link that <code>./heliograph demo</code> prints. It stays in
        this tab and goes only to the gateway.
      </p>
      <button type="submit" class="primary">
        Go live
      </button>
    </form>
  );
}
