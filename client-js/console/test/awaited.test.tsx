// @vitest-environment jsdom
import { render } from "preact";
import { act } from "preact/test-utils";
import { describe, expect, it } from "vitest";
import type { Detail } from "../src/live/observer.ts";
import { Awaited } from "../src/ui/awaited.tsx";

const overdue = { since: 1_000, why: "it answered 502" };

async function shown(detail: Detail<string>): Promise<string | null> {
  await act(() =>
    render(
      <Awaited detail={detail} waiting="Looking …" now={13_000}>
        {(known) => <p>{known}</p>}
      </Awaited>,
      document.body,
    ),
  );
  return document.body.textContent;
}

describe("what is asked for less often", () => {
  it("is waited for only as long as no answer failed", async () => {
    expect(await shown({ known: undefined, overdue: undefined })).toBe("Looking …");
    expect(await shown({ known: undefined, overdue })).toBe("No answer: it answered 502. Asked in vain for 12 s.");
  });

  it("is said to be of before where no more is known", async () => {
    expect(await shown({ known: "slow", overdue: undefined })).toBe("slow");
    expect(await shown({ known: "slow", overdue })).toBe(
      "No answer: it answered 502. What follows is of before: asked in vain for 12 s.slow",
    );
    expect(document.querySelector("[role=status]")?.textContent).toBe("No answer: it answered 502.");
  });
});
