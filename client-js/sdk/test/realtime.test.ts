import { signal as preactSignal } from "@preact/signals-core";
import { describe, expect, it, vi } from "vitest";
import { ApiError } from "../src/optimistic.ts";
import {
  type ApiClient,
  OptimisticManager,
  PresenceManager,
  RealtimeClient,
  type RealtimeMessage,
  type RealtimeOptions,
  signal,
  type ValueSignal,
} from "../src/realtime.ts";
import type { TransportFactory } from "../src/transport.ts";
import { FakeSocket, settle } from "./fake-gateway.ts";

interface Task {
  readonly id: string;
  readonly title: string;
  readonly status: string;
}

/** The gateway's end of a client. */
class Gateway {
  readonly sockets: FakeSocket[] = [];
  readonly urls: string[] = [];
  readonly transport: TransportFactory = (url, listener) => {
    const socket = new FakeSocket(listener);
    this.urls.push(url);
    this.sockets.push(socket);
    return socket;
  };

  get socket(): FakeSocket {
    return this.sockets.at(-1) as FakeSocket;
  }

  client(options: RealtimeOptions = {}): RealtimeClient {
    return new RealtimeClient("wss://rt.example.com/ws?token=abc", {
      reconnectInterval: 1000,
      maxReconnectAttempts: 10,
      heartbeatInterval: 25000,
      transport: this.transport,
      ...options,
    });
  }

  async welcome(): Promise<void> {
    await settle();
    this.socket.accept();
    this.socket.authenticate();
    await settle();
    this.socket.acceptSubscribe();
  }

  tell(op: string, payload: object, meta: object = {}): void {
    this.socket.say({
      type: `entity:${op}`,
      channel: "entity:Task",
      payload,
      meta: { entity: "Task", ...meta },
      timestamp: 7,
    });
  }
}

/** A backend as the document has it: it answers when it is let. */
class Backend implements ApiClient {
  readonly calls: unknown[][] = [];
  readonly #waiting: ((error?: unknown) => void)[] = [];
  #ids = 0;

  create<T>(...args: Parameters<ApiClient["create"]>): Promise<T> {
    const [, data] = args;
    return this.#call(["create", ...args], { id: `${++this.#ids}`, ...data } as T);
  }

  update<T>(...args: Parameters<ApiClient["update"]>): Promise<T> {
    const [, id, data] = args;
    return this.#call(["update", ...args], { id, title: "kept", status: "open", ...data } as T);
  }

  delete(...args: Parameters<ApiClient["delete"]>): Promise<unknown> {
    return this.#call(["delete", ...args], undefined);
  }

  async answer(error?: unknown): Promise<void> {
    this.#waiting.shift()?.(error);
    await settle();
  }

  #call<T>(call: unknown[], result: T): Promise<T> {
    this.calls.push(call);
    return new Promise((resolve, reject) => {
      this.#waiting.push((error) => (error === undefined ? resolve(result) : reject(error)));
    });
  }
}

describe("RealtimeClient", () => {
  it("runs the document's code: a channel with a callback, and its own off", async () => {
    const gateway = new Gateway();
    const client = gateway.client();
    const connected: boolean[] = [];
    client.connected.subscribe((is) => connected.push(is));
    const messages: RealtimeMessage<Task>[] = [];

    const off = client.subscribe<Task>("entity:Task", (message) => {
      if (message.type.startsWith("entity:")) {
        messages.push(message);
      }
    });
    client.connect();
    await gateway.welcome();
    gateway.tell("created", { id: "550e8400", title: "New task", status: "open" });
    off();
    off();
    gateway.tell("created", { id: "unheard" });

    expect(messages).toEqual([
      {
        type: "entity:created",
        channel: "entity:Task",
        name: "entity:created",
        payload: { id: "550e8400", title: "New task", status: "open" },
        timestamp: 7,
        meta: { entity: "Task" },
      },
    ]);
    expect(gateway.socket.sent("unsubscribe")).toHaveLength(1);
    client.disconnect();
    expect(connected).toEqual([false, true, false]);
  });

  it("keeps the channel as long as one callback is left", async () => {
    const gateway = new Gateway();
    const client = gateway.client();
    const seen: string[] = [];
    const offs = ["a", "b"].map((who) => client.subscribe("entity:Task", () => seen.push(who)));
    client.connect();
    await gateway.welcome();
    offs[0]?.();
    gateway.tell("created", { id: "1" });
    expect([seen, gateway.socket.sent("unsubscribe")]).toEqual([["b"], []]);
  });

  it("shares the channel with a list that follows it", async () => {
    const gateway = new Gateway();
    const client = gateway.client();
    const tasks = signal<readonly Task[]>([]);
    const manager = new OptimisticManager(new Backend(), client);
    const off = client.subscribe("entity:Task", () => {});
    void manager.create<Task>("Task", { title: "mine", status: "open" }, tasks);
    client.connect();
    await gateway.welcome();
    off();
    off();
    gateway.tell("created", { id: "2", title: "theirs" }, { id: "2" });
    expect(tasks.value.map(({ title }) => title)).toEqual(["mine", "theirs"]);
    expect(gateway.socket.sent("unsubscribe")).toEqual([]);
    manager.release(tasks);
    expect(gateway.socket.sent("unsubscribe")).toHaveLength(1);
  });

  it("shares the channel with who looks who is there", async () => {
    const gateway = new Gateway();
    const client = gateway.client();
    const off = client.subscribe("presence:tasks", () => {});
    const presence = new PresenceManager(client.client, "tasks").watch();
    const another = client.subscribe("presence:tasks", () => {});
    client.connect();
    await gateway.welcome();
    off();
    presence.close();
    expect(gateway.socket.sent("unsubscribe")).toEqual([]);
    another();
    expect(gateway.socket.sent("unsubscribe")).toHaveLength(1);
  });

  it("leaves alone what the application has subscribed itself", async () => {
    const gateway = new Gateway();
    const client = gateway.client();
    client.client.channel("entity:Task").subscribe();
    const off = client.subscribe("entity:Task", () => {});
    client.connect();
    await gateway.welcome();
    off();
    expect(gateway.socket.sent("unsubscribe")).toEqual([]);
  });

  it("says the address's token in the first message, and not in the address", async () => {
    const gateway = new Gateway();
    gateway.client().connect();
    await settle();
    gateway.socket.accept();
    expect(gateway.urls).toEqual(["wss://rt.example.com/ws"]);
    expect(gateway.socket.sent("authenticate")[0]?.["payload"]).toEqual({ token: "abc" });
  });

  it("gives up after so many attempts, until it is told to connect again", async () => {
    vi.useFakeTimers();
    try {
      const gateway = new Gateway();
      const client = gateway.client({ maxReconnectAttempts: 2, reconnectInterval: 10 });
      client.connect();
      await vi.advanceTimersByTimeAsync(0);
      for (let i = 0; i < 10; i++) {
        gateway.socket.hangUp(1006);
        await vi.advanceTimersByTimeAsync(30_000);
      }
      expect([gateway.sockets.length, client.client.state]).toEqual([3, "closed"]);
      client.connect();
      await vi.advanceTimersByTimeAsync(0);
      expect(gateway.sockets.length).toBe(4);
    } finally {
      vi.useRealTimers();
    }
  });
});

describe("PresenceManager", () => {
  it("knows who is viewing a resource from what the document's gateway says, and is there itself", async () => {
    const gateway = new Gateway();
    const client = gateway.client();
    const presence = new PresenceManager(client.client, "workspace/tasks").join();
    const names = (): unknown[] => [...presence.members.value.values()].map(({ name }) => name);
    client.connect();
    await gateway.welcome();
    const say = (type: string, payload: object): void =>
      gateway.socket.say({ type, channel: "presence:workspace/tasks", payload, timestamp: 1701234567890 });

    say("presence:sync", {
      users: [
        { id: "user1", name: "Alice", lastSeen: 1701234560000 },
        { id: "user2", name: "Bob", lastSeen: 1701234567000 },
      ],
    });
    expect([names(), presence.count.value]).toEqual([["Alice", "Bob"], 2]);
    say("presence:leave", { id: "user1", name: "Alice", lastSeen: 1701234560000 });
    expect([names(), presence.count.value]).toEqual([["Bob"], 1]);

    const [join] = gateway.socket.sent("presence:join");
    expect(join).toMatchObject({ channel: "presence:workspace/tasks" });
    gateway.socket.say({ type: "presence:joined", requestId: join?.["requestId"], payload: {} });
    await settle();
    expect(presence.joined.value).toBe(true);
    presence.close();
    expect(gateway.socket.sent("presence:leave")).toHaveLength(1);
    expect(gateway.socket.sent("unsubscribe")).toEqual([
      expect.objectContaining({ channel: "presence:workspace/tasks" }),
    ]);
  });
});

describe.each<[string, () => ValueSignal<Task>]>([
  ["this package's signal", () => signal<readonly Task[]>([])],
  ["Preact's signal", () => preactSignal<readonly Task[]>([])],
  ["anything with a value", () => ({ value: [] })],
])("OptimisticManager with %s", (_, make) => {
  const open = (id: string, title = id): Task => ({ id, title, status: "open" });

  it("runs the document's create: shown at once, then as the server has it", async () => {
    const [api, tasks] = [new Backend(), make()];
    const manager = new OptimisticManager(api);

    const creating = manager.create<Task>("Task", { title: "New task", status: "open" }, tasks);
    expect(tasks.value).toEqual([
      { id: expect.stringMatching(/^temp_/), title: "New task", status: "open", _optimistic: true },
    ]);
    await api.answer();
    const result = await creating;

    expect(result).toEqual({ id: "1", title: "New task", status: "open" });
    expect(tasks.value).toEqual([result]);
    expect(api.calls).toEqual([
      ["create", "Task", { title: "New task", status: "open" }, { mutationId: expect.any(String), version: undefined }],
    ]);
  });

  it("runs the document's update and delete, and rolls both back where the server refuses, with its error", async () => {
    const [api, tasks] = [new Backend(), make()];
    tasks.value = [open("1"), open("2")];
    const manager = new OptimisticManager(api);
    const refused = new Error("not allowed");

    const updating = manager.update<Task>("Task", "1", { status: "done" }, tasks);
    expect(tasks.value[0]).toEqual({ id: "1", title: "1", status: "done", _optimistic: true });
    await api.answer(refused);
    await expect(updating).rejects.toBe(refused);
    expect(tasks.value).toEqual([open("1"), open("2")]);

    const deleting = manager.delete("Task", "1", tasks);
    expect(tasks.value).toEqual([open("2")]);
    await api.answer(refused);
    await expect(deleting).rejects.toBe(refused);
    expect(tasks.value).toEqual([open("1"), open("2")]);

    const again = manager.delete("Task", "2", tasks);
    await api.answer();
    await again;
    expect(tasks.value).toEqual([open("1")]);
  });

  it("does not wipe with a rollback what came meanwhile", async () => {
    const [api, tasks] = [new Backend(), make()];
    tasks.value = [open("1")];
    const manager = new OptimisticManager(api);
    const failing = manager.update<Task>("Task", "1", { title: "mine" }, tasks);
    const creating = manager.create<Task>("Task", { title: "second", status: "open" }, tasks);
    await api.answer(new Error("no"));
    await expect(failing).rejects.toThrow("no");
    expect(tasks.value.map(({ title }) => title)).toEqual(["1", "second"]);
    await api.answer();
    await creating;
  });

  it("takes what the application puts into the list itself", async () => {
    const [api, tasks] = [new Backend(), make()];
    tasks.value = [open("1")];
    const manager = new OptimisticManager(api);
    const updating = manager.update<Task>("Task", "1", { title: "mine" }, tasks);
    tasks.value = [...tasks.value, open("2")];
    const deleting = manager.delete("Task", "2", tasks);
    expect(tasks.value.map(({ title }) => title)).toEqual(["mine"]);
    await api.answer(new Error("no"));
    await expect(updating).rejects.toThrow("no");
    await api.answer(new Error("no"));
    await expect(deleting).rejects.toThrow("no");
    expect(tasks.value).toEqual([open("1"), open("2")]);
  });

  it("changes the list as the channel says, and shows its own event once", async () => {
    const [api, tasks, gateway] = [new Backend(), make(), new Gateway()];
    const realtimeClient = gateway.client();
    const manager = new OptimisticManager(api, realtimeClient);
    realtimeClient.connect();
    const creating = manager.create<Task>("Task", { title: "mine", status: "open" }, tasks);
    await gateway.welcome();
    const [[, , , context] = []] = api.calls;
    const { mutationId } = context as { mutationId: string };
    gateway.tell("created", open("1", "mine"), { id: "1", mutationId });
    gateway.tell("created", open("2", "theirs"), { id: "2" });
    expect(tasks.value).toEqual([open("1", "mine"), open("2", "theirs")]);
    await api.answer();
    await creating;
    gateway.tell("updated", open("2", "changed"), { id: "2" });
    expect(tasks.value).toEqual([open("1", "mine"), open("2", "changed")]);
    manager.release(tasks);
    gateway.tell("deleted", { id: "2" }, { id: "2" });
    expect(tasks.value).toHaveLength(2);
    expect(gateway.socket.sent("unsubscribe")).toHaveLength(1);
  });

  it("tries again what the application says is worth it", async () => {
    vi.useFakeTimers();
    try {
      const [api, tasks] = [new Backend(), make()];
      const manager = new OptimisticManager(api);
      const creating = manager.create<Task>("Task", { title: "x", status: "open" }, tasks);
      await api.answer(new ApiError(503, "busy", { retryAfterMs: 1_000 }));
      await vi.advanceTimersByTimeAsync(1_000);
      await api.answer();
      expect(await creating).toMatchObject({ id: "2" });
      const [first, second] = api.calls.map(([, , , context]) => context);
      expect(first).toEqual(second);
    } finally {
      vi.useRealTimers();
    }
  });

  it("rejects what cannot be", async () => {
    const manager = new OptimisticManager(new Backend());
    await expect(manager.update<Task>("Task", "9", { title: "x" }, make())).rejects.toThrow("there is no Task 9");
  });
});
