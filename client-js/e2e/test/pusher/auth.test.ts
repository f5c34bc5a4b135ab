import { randomUUID } from "node:crypto";
import Pusher, { type Options, type PresenceChannel } from "pusher-js";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { type Account, GitHub } from "../../src/github.ts";
import { Inbox } from "../../src/inbox.ts";
import { APP, channelName, joined, PusherWorld } from "../../src/pusher.ts";

let gitHub: GitHub;
let world: PusherWorld;
const clients: Pusher[] = [];

beforeAll(async () => {
  gitHub = await GitHub.start();
  world = await PusherWorld.start({
    github: {
      apiUrl: gitHub.url,
      users: ["octocat"],
      repository: GitHub.REPOSITORY,
      subscribe: ["private-dagnet-*", "presence-*"],
    },
  });
});

afterEach(() => {
  for (const client of clients.splice(0)) client.disconnect();
});

afterAll(async () => {
  await world?.stop();
  await gitHub?.close();
});

/** A client that lets the gateway itself sign, for the bearer of that token. */
function bearing(token: string): Pusher {
  const headers = { Authorization: `Bearer ${token}` };
  const options: Options = {
    ...world.options(),
    channelAuthorization: { transport: "ajax", endpoint: `${world.gateway.url}/pusher/auth`, headers },
    userAuthentication: { transport: "ajax", endpoint: `${world.gateway.url}/pusher/user-auth`, headers },
  };
  const client = new Pusher(APP.key, options);
  clients.push(client);
  return client;
}

/** A token of GitHub's form that nobody has used yet. */
function gitHubToken(account?: Account): string {
  const token = `ghp_${randomUUID().replaceAll("-", "")}`;
  if (account) gitHub.accounts.set(token, account);
  return token;
}

async function refused(client: Pusher, name: string): Promise<{ status: number }> {
  return Inbox.of(client.subscribe(name)).next("pusher:subscription_error");
}

describe("/pusher/auth with a token of the gateway", () => {
  it("signs private channels that the token grants, and no other", async () => {
    const name = channelName("private-");
    const client = bearing(world.token("alice", `subscribe:${name}`));

    const { inbox } = await joined(client, name);
    await world.server.trigger(name, "event", { n: 1 });

    expect(await inbox.next("event")).toEqual({ n: 1 });
    expect(await refused(client, channelName("private-"))).toMatchObject({ status: 403 });
  });

  it("makes the token's user the member of a presence channel, with the token's name", async () => {
    const name = channelName("presence-");
    const client = bearing(world.token("alice", "subscribe:presence-*"));

    const { channel } = await joined(client, name);

    expect((channel as PresenceChannel).members.me).toEqual({ id: "alice", info: { name: "ALICE" } });
  });

  it("gives out the secret of an encrypted channel, with which pusher-js decrypts what the server SDK encrypts", async () => {
    const name = channelName("private-encrypted-");
    const { inbox } = await joined(bearing(world.token("alice", "subscribe:*")), name);

    await world.server.trigger(name, "secret", { launch: "code" });

    expect(await inbox.next("secret")).toEqual({ launch: "code" });
  });

  it("signs nothing for a token that is forged", async () => {
    const token = world.token("alice", "subscribe:*");
    const forged = `${token.slice(0, token.lastIndexOf("."))}.${"A".repeat(43)}`;

    expect(await refused(bearing(forged), channelName("private-"))).toMatchObject({ status: 401 });
  });
});

describe("/pusher/user-auth with a token of the gateway", () => {
  it("signs the token's user in, who then gets what is sent to that user", async () => {
    const client = bearing(world.token("bob", "subscribe:*"));
    const told = Inbox.of(client);
    const user = Inbox.of(client.user);

    client.signin();
    await told.next("pusher:signin_success");
    await world.server.sendToUser("bob", "note", { n: 1 });

    expect(client.user.user_data).toEqual({ id: "bob", user_info: { name: "BOB" } });
    expect(await user.next("note")).toEqual({ n: 1 });
  });
});

describe("/pusher/auth with a token of GitHub", () => {
  it("lets in a user who is on the list, whatever the case, as a member with login and name, apart from subjects of JWTs", async () => {
    const client = bearing(gitHubToken({ login: "OctoCat", name: "The Octocat" }));

    const { channel } = await joined(client, channelName("presence-"));

    expect((channel as PresenceChannel).members.me).toEqual({ id: "github-OctoCat", info: { name: "The Octocat" } });
  });

  it("lets in a user who can read the repository, if it is private", async () => {
    const repository = { private: true, permissions: { push: false } };

    await joined(bearing(gitHubToken({ login: "reader", repository })), channelName("private-dagnet-"));
  });

  it("lets in to a public repository only who can push there", async () => {
    const reader = { login: "anyone", repository: { private: false, permissions: { push: false } } };
    const writer = { login: "writer", repository: { private: false, permissions: { push: true } } };

    expect(await refused(bearing(gitHubToken(reader)), channelName("private-dagnet-"))).toMatchObject({ status: 403 });
    await joined(bearing(gitHubToken(writer)), channelName("private-dagnet-"));
  });

  it("refuses a user who is nowhere, a token that GitHub does not know, and a channel that is for nobody", async () => {
    expect(await refused(bearing(gitHubToken({ login: "stranger" })), channelName("private-dagnet-"))).toMatchObject({
      status: 403,
    });
    expect(await refused(bearing(gitHubToken()), channelName("private-dagnet-"))).toMatchObject({ status: 401 });
    const listed = bearing(gitHubToken({ login: "octocat" }));
    expect(await refused(listed, channelName("private-other-"))).toMatchObject({ status: 403 });
  });

  it("asks GitHub once for all of a client's channels, though it asks for them at once", async () => {
    const token = gitHubToken({ login: "octocat" });
    const client = bearing(token);

    await Promise.all(Array.from({ length: 30 }, () => joined(client, channelName("private-dagnet-"))));

    expect(gitHub.asked.filter((asked) => asked === token)).toHaveLength(1);
  });

  it("lets in all of fifty users who come at once, as after a restart", async () => {
    const tokens = Array.from({ length: 50 }, () => gitHubToken({ login: "octocat" }));

    const statuses = await Promise.all(tokens.map(status));

    expect(statuses).toEqual(tokens.map(() => 200));
  });

  it("lets in who was refused and has got access since, ten seconds later", async () => {
    const token = gitHubToken({ login: "newcomer" });
    expect(await status(token)).toBe(403);
    gitHub.accounts.set(token, { login: "newcomer", repository: { private: true, permissions: { push: false } } });

    await expect.poll(() => status(token), { interval: 500, timeout: 30_000 }).toBe(200);

    await joined(bearing(token), channelName("private-dagnet-"));
  });
});

/** How the endpoint answers that token. */
async function status(token: string): Promise<number> {
  const response = await fetch(`${world.gateway.url}/pusher/auth`, {
    method: "POST",
    headers: { Authorization: `Bearer ${token}` },
    body: new URLSearchParams({ socket_id: "1.1", channel_name: channelName("private-dagnet-") }),
  });
  return response.status;
}
