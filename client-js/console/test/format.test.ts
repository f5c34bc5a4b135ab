import { describe, expect, it } from "vitest";
import { amount, bytes, duration, nanos, things, words } from "../src/ui/format.ts";

describe("figures", () => {
  it.each([
    [words(amount(0)), "0"],
    [words(amount(0.02, "/s")), "<0.1/s"],
    [words(amount(0.25)), "0.3"],
    [words(amount(63)), "63"],
    [words(amount(12.34, "/s")), "12.3/s"],
    [words(amount(999.4)), "999"],
    [words(amount(999.6)), "1 k"],
    [words(amount(9_100, "/s")), "9.1 k/s"],
    [words(amount(2_200_000)), "2.2 M"],
    [words(bytes(0)), "0 B"],
    [words(bytes(1_000)), "1 KiB"],
    [words(bytes(1_536)), "1.5 KiB"],
    [words(bytes(187 * 1024 * 1024)), "187 MiB"],
    [words(nanos(940)), "940 ns"],
    [words(nanos(36_864)), "36.9 µs"],
    [words(nanos(10_500_000)), "10.5 ms"],
    [words(nanos(1e10)), "10 s"],
    [duration(59_999), "59 s"],
    [duration(60_000), "1 min"],
    [duration(7_500_000), "2 h 5 min"],
    [duration(1e9), "11 d 13 h"],
    [things(1, "client"), "1 client"],
    [things(1_200, "client"), "1,200 clients"],
  ])("%s", (written, expected) => expect(written).toBe(expected));
});
