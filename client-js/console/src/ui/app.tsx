import { type Signal, useSignal } from "@preact/signals";
import { useEffect, useMemo } from "preact/hooks";
import { Observer } from "../live/observer.ts";
import { Operator } from "../live/operator.ts";
import { forgetToken, keepToken, takeToken } from "../live/token.ts";
import { Dashboard } from "./dashboard.tsx";
import { SignIn } from "./sign-in.tsx";

/** Asks for the token once, and for another if the gateway does not take it. */
export function App() {
  const token = useSignal(useMemo(() => takeToken(window), []));
  const refused = useSignal(false);
  const onToken = (given: string): void => {
    keepToken(window, given);
    refused.value = false;
    token.value = given;
  };
  const onEnd = (wasRefused: boolean): void => {
    forgetToken(window);
    refused.value = wasRefused;
    token.value = undefined;
  };
  return token.value === undefined ? (
    <SignIn refused={refused.value} onToken={onToken} />
  ) : (
    <Watch key={token.value} token={token} onEnd={onEnd} />
  );
}

interface WatchProps {
  readonly token: Signal<string | undefined>;
  readonly onEnd: (refused: boolean) => void;
}

function Watch({ token, onEnd }: WatchProps) {
  const [operator, observer] = useMemo(() => {
    const made = new Operator(token.peek() ?? "");
    return [made, new Observer(made)] as const;
  }, []);
  useEffect(() => {
    observer.start();
    return () => observer.stop();
  }, []);
  const isRefused = observer.link.value.state === "refused";
  useEffect(() => {
    if (isRefused) {
      onEnd(true);
    }
  }, [isRefused]);
  return <Dashboard observer={observer} operator={operator} onSignOut={() => onEnd(false)} />;
}
