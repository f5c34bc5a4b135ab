// Preloaded into programs that know hosts of the world: connections to HOSTS go to this machine instead, to the ports PLAIN_PORT and TLS_PORT.
const net = require("node:net");

const hosts = new RegExp(process.env.HOSTS);
const connect = net.Socket.prototype.connect;

net.Socket.prototype.connect = function (...args) {
  const [options] = Array.isArray(args[0]) ? args[0] : args;
  if (hosts.test(options?.host ?? "")) {
    const port = Number(options.port) === 443 ? process.env.TLS_PORT : process.env.PLAIN_PORT;
    Object.assign(options, { host: "127.0.0.1", port: Number(port) });
  }
  return connect.apply(this, args);
};
