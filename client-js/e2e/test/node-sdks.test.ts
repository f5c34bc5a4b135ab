import RudderAnalytics from "@rudderstack/rudder-sdk-node";
import { Analytics } from "@segment/analytics-node";
import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import { Subscriber } from "../src/subscriber.ts";

const demo = inject("demo");
const RAW_USER = "u-4711-raw";

let subscriber: Subscriber;

beforeAll(async () => {
  subscriber = await Subscriber.of(demo);
});

afterAll(() => subscriber.close());

describe("@segment/analytics-node", () => {
  it("track, identify, page, screen, group and alias all arrive, without the raw user", async () => {
    const analytics = new Analytics({ writeKey: demo.writeKey, host: demo.url, path: "/v1/batch" });
    const errors: unknown[] = [];
    analytics.on("error", (error) => errors.push(error));
    const messageId = "message-of-node";

    analytics.track({ userId: RAW_USER, event: "Node Tracked", messageId, properties: { checkpoint: "payment" } });
    analytics.identify({ userId: RAW_USER, traits: { email: "alice@example.com" } });
    analytics.page({ userId: RAW_USER, name: "Node Page" });
    analytics.screen({ userId: RAW_USER, name: "Node Screen" });
    analytics.group({ userId: RAW_USER, groupId: "g1" });
    analytics.alias({ userId: RAW_USER, previousId: "before" });
    await analytics.closeAndFlush();

    const tracked = await subscriber.event("Node Tracked");
    expect(tracked).toMatchObject({ type: "track", message_id: messageId, workspace: demo.workspace });
    const others = [];
    for (const name of ["identify", "Node Page", "Node Screen", "group", "alias"]) {
      others.push(await subscriber.event(name));
    }
    expect(others.map((event) => event.type)).toEqual(["identify", "page", "screen", "group", "alias"]);
    expect(JSON.stringify([tracked, ...others])).not.toMatch(/u-4711-raw|alice@example\.com/);
    expect(errors).toEqual([]);
  });

  it("a wrong write key is reported as a permanent error, not retried", async () => {
    const analytics = new Analytics({ writeKey: `not-${demo.writeKey}`, host: demo.url, path: "/v1/batch" });
    const errors: { code: string }[] = [];
    analytics.on("error", (error) => errors.push(error as { code: string }));

    analytics.track({ userId: RAW_USER, event: "Never" });
    await analytics.closeAndFlush();

    expect(errors).toHaveLength(1);
  });
});

describe("@rudderstack/rudder-sdk-node", () => {
  it("its gzipped batch under a form's content type arrives", async () => {
    const errors: unknown[] = [];
    const rudder = new RudderAnalytics(demo.writeKey, {
      dataPlaneUrl: demo.url,
      flushAt: 2,
      errorHandler: (error: unknown) => errors.push(error),
    });

    rudder.track({ userId: RAW_USER, event: "Rudder Tracked", properties: { checkpoint: "payment" } });
    rudder.page({ userId: RAW_USER, name: "Rudder Page" });
    await rudder.flush();

    expect(await subscriber.event("Rudder Tracked")).toMatchObject({ type: "track", workspace: demo.workspace });
    expect(await subscriber.event("Rudder Page")).toMatchObject({ type: "page" });
    expect(errors).toEqual([]);
  });
});
