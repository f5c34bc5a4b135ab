// Clients of pusher-js, unmodified, driven by lines of JSON on stdin; on stdout, lines of what they saw.
// in:  {id, do: "connect", port, user} | {id, do: "subscribe" | "unsubscribe" | "disconnect" | "roster"}
// out: {id, saw: "state", state} | {id, saw: "subscribed"} | {id, saw: "event", event, data} | {id, saw: "roster", users}
const crypto = require("node:crypto");
const readline = require("node:readline");
const { createRequire } = require("node:module");

const [folder, key, secret, channelName] = process.argv.slice(2);
const Pusher = createRequire(folder + "/package.json")("pusher-js");
const clients = new Map();

const say = (line) => process.stdout.write(JSON.stringify(line) + "\n");
const sign = (text) => key + ":" + crypto.createHmac("sha256", secret).update(text).digest("hex");

function authorize(user) {
  return ({ socketId, channelName: channel }, callback) => {
    const data = JSON.stringify({ user_id: user, user_info: { library: "pusher-js" } });
    callback(null, { auth: sign(`${socketId}:${channel}:${data}`), channel_data: data });
  };
}

function connect(id, port, user) {
  const pusher = new Pusher(key, {
    cluster: "",
    wsHost: "127.0.0.1",
    wsPort: port,
    forceTLS: false,
    enabledTransports: ["ws"],
    channelAuthorization: { customHandler: authorize(user) },
  });
  clients.set(id, pusher);
  pusher.connection.bind("state_change", ({ current }) => say({ id, saw: "state", state: current }));
}

function subscribe(id) {
  const channel = clients.get(id).subscribe(channelName);
  channel.unbind();
  channel.unbind_global();
  channel.bind("pusher:subscription_succeeded", () => say({ id, saw: "subscribed" }));
  channel.bind_global((event, data) => {
    if (!event.startsWith("pusher:")) {
      say({ id, saw: "event", event, data });
    }
  });
}

function roster(id) {
  const users = [];
  clients.get(id).channel(channelName).members.each((member) => users.push(member.id));
  say({ id, saw: "roster", users });
}

readline.createInterface({ input: process.stdin }).on("line", (line) => {
  const { id, do: what, port, user } = JSON.parse(line);
  switch (what) {
    case "connect":
      return connect(id, port, user);
    case "subscribe":
      return subscribe(id);
    case "unsubscribe":
      return clients.get(id).unsubscribe(channelName);
    case "disconnect":
      return clients.get(id).disconnect();
    case "roster":
      return roster(id);
  }
}).on("close", () => process.exit(0));
