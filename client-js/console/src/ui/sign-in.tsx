import { useEffect, useRef } from "preact/hooks";

interface SignInProps {
  readonly refused: boolean;
  readonly onToken: (token: string) => void;
}

export function SignIn({ refused, onToken }: SignInProps) {
  const field = useRef<HTMLInputElement>(null);
  useEffect(() => field.current?.focus(), [refused]);
  const onSubmit = (event: Event): void => {
    event.preventDefault();
    const token = field.current?.value.trim() ?? "";
    if (token !== "") {
      onToken(token);
    }
  };
  return (
    <main class="sign-in">
      <form class="dialog" aria-labelledby="sign-in-title" onSubmit={onSubmit}>
        <h1 id="sign-in-title">Heliograph console</h1>
        {refused ? (
          <p class="refused" role="alert">
            <strong>The gateway does not take this token.</strong> It is the one in its configuration as{" "}
            <code>admin.token</code>, not a client's JWT. Was it changed?
          </p>
        ) : (
          <p>It shows what this gateway is doing, to whoever holds the operator's token.</p>
        )}
        <label for="token">Operator's token</label>
        <input
          id="token"
          ref={field}
          type="password"
          required
          autocomplete="off"
          spellcheck={false}
          aria-invalid={refused}
        />
        <p class="aside">
          <code>admin.token</code> of the configuration; the demo's lies in its folder, file <code>admin-token</code>.
          It stays in this tab and goes only to this gateway.
        </p>
        <button type="submit" class="primary">
          Open the console
        </button>
      </form>
    </main>
  );
}
