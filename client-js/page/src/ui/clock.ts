import { useEffect, useState } from "preact/hooks";

/** The time, renewed while it matters. */
export function useClock(everyMs: number, running: boolean): number {
  const [now, setNow] = useState(Date.now());
  useEffect(() => {
    if (!running) {
      return;
    }
    setNow(Date.now());
    const timer = setInterval(() => setNow(Date.now()), everyMs);
    return () => clearInterval(timer);
  }, [everyMs, running]);
  return now;
}

/** Whether so long has passed since then. */
export function usePassed(since: number | undefined, ms: number): boolean {
  const [passed, setPassed] = useState(false);
  useEffect(() => {
    setPassed(false);
    if (since === undefined) {
      return;
    }
    const timer = setTimeout(() => setPassed(true), Math.max(0, since + ms - Date.now()));
    return () => clearTimeout(timer);
  }, [since, ms]);
  return passed;
}
