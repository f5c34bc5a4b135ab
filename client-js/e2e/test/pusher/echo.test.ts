import Echo, { type EchoOptions } from "laravel-echo";
import Pusher, { type Options } from "pusher-js";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { Inbox } from "../../src/inbox.ts";
import { APP, channelName, PusherWorld } from "../../src/pusher.ts";

let world: PusherWorld;
const echos: { disconnect(): void }[] = [];

beforeAll(async () => {
  world = await PusherWorld.start();
});

afterEach(() => {
  for (const echo of echos.splice(0)) echo.disconnect();
});

afterAll(() => world?.stop());

/** Echo as a page makes it, with the gateway itself as what authorizes, unless other options say otherwise. */
function echoOf(
  broadcaster: "pusher" | "reverb",
  user: string,
  more: Pick<Options, "channelAuthorization"> = {},
): Echo<"pusher"> {
  const options: EchoOptions<"pusher"> = {
    broadcaster: broadcaster as "pusher", // of both, options and channels are the same
    Pusher,
    key: APP.key,
    ...world.options(),
    authEndpoint: `${world.gateway.url}/pusher/auth`,
    bearerToken: world.token(user, user === "stranger" ? "subscribe:nothing" : "subscribe:*"),
    ...more,
  };
  const echo = new Echo<"pusher">(options);
  echos.push(echo);
  return echo;
}

/** What Echo's callbacks are called with. */
function told(): { inbox: Inbox; on: (event: string) => (data: unknown) => void } {
  const inbox = new Inbox();
  return { inbox, on: (event) => (data) => inbox.put(event, data) };
}

describe.each(["pusher", "reverb"] as const)("Laravel Echo with the broadcaster %s", (broadcaster) => {
  it("listens on a public channel to what Laravel broadcasts", async () => {
    const name = channelName();
    const { inbox, on } = told();
    echoOf(broadcaster, "alice").channel(name).subscribed(on("subscribed")).listen("OrderShipped", on("shipped"));
    await inbox.next("subscribed");

    await world.server.trigger(name, "App\\Events\\OrderShipped", { order: 7 });

    expect(await inbox.next("shipped")).toEqual({ order: 7 });
  });

  it("listens on a private channel, and whispers there to the others", async () => {
    const name = channelName();
    const [alice, bob] = [told(), told()];
    const whispering = echoOf(broadcaster, "alice").private(name);
    whispering.subscribed(alice.on("subscribed")).listenForWhisper("typing", alice.on("typing"));
    echoOf(broadcaster, "bob")
      .private(name)
      .subscribed(bob.on("subscribed"))
      .listenForWhisper("typing", bob.on("typing"))
      .listen(".marker", bob.on("marker"));
    whispering.listen(".marker", alice.on("marker"));
    await Promise.all([alice.inbox.next("subscribed"), bob.inbox.next("subscribed")]);

    whispering.whisper("typing", { name: "alice" });

    expect(await bob.inbox.next("typing")).toEqual({ name: "alice" });
    await world.server.trigger(`private-${name}`, "marker", {});
    await alice.inbox.next("marker");
    expect(alice.inbox.names()).not.toContain("typing");
  });

  it("joins a presence channel: who is here, who joins, who leaves", async () => {
    const name = channelName();
    const alice = told();
    echoOf(broadcaster, "alice")
      .join(name)
      .here(alice.on("here"))
      .joining(alice.on("joining"))
      .leaving(alice.on("leaving"));
    expect(await alice.inbox.next("here")).toEqual([{ name: "ALICE" }]);

    const bob = echoOf(broadcaster, "bob");
    const here = told();
    bob.join(name).here(here.on("here"));

    expect(await alice.inbox.next("joining")).toEqual({ name: "BOB" });
    expect(await here.inbox.next("here")).toEqual(expect.arrayContaining([{ name: "ALICE" }, { name: "BOB" }]));
    bob.leave(name);
    expect(await alice.inbox.next("leaving")).toEqual({ name: "BOB" });
  });

  it("is told by error() that a channel is not granted", async () => {
    const { inbox, on } = told();

    echoOf(broadcaster, "stranger").private(channelName()).error(on("error"));

    expect(await inbox.next("error")).toMatchObject({ status: 403 });
  });

  it("is told by error() that the gateway has refused a signature", async () => {
    const { inbox, on } = told();
    const echo = echoOf(broadcaster, "alice", {
      channelAuthorization: {
        customHandler: (_, answer) => answer(null, { auth: `${APP.key}:${"0".repeat(64)}` }),
      },
    });

    echo.private(channelName()).error(on("error"));

    expect(await inbox.next("error")).toMatchObject({ type: "AuthError", status: 401 });
  });

  it("listens on an encrypted private channel", async () => {
    const name = channelName();
    const { inbox, on } = told();
    echoOf(broadcaster, "alice").encryptedPrivate(name).subscribed(on("subscribed")).listen(".secret", on("secret"));
    await inbox.next("subscribed");

    await world.server.trigger(`private-encrypted-${name}`, "secret", { launch: "code" });

    expect(await inbox.next("secret")).toEqual({ launch: "code" });
  });
});
