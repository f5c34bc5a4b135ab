/* wsfan: fan-out load for a WebSocket server, and what it costs the server.
 *
 * It opens subscribers, subscribes each, then publishes so that every publication has to reach all subscribers of its channel.
 * One run gives deliveries per second, the server's CPU time per delivery (from /proc, so a noisy neighbour moves it little)
 * and the latency from the publish call to the parsed frame.
 *
 *   wsfan --port P --pid SERVER (--window W | --rate R) [options]
 *
 *   --proto raw|native|pusher  raw: the program limit; native: a gateway, needs --sub and --pubws; pusher: a server that speaks
 *                       Pusher's protocol, needs --app, --key and --secret, and is published to by its HTTP API   (native)
 *   --app ID, --key KEY, --secret SECRET   of the app
 *   --path PATH         what is upgraded, with its query                                            (/)
 *   --sub TEXT          the message that subscribes                 in these three %C is the channel's name,
 *   --pubws TEXT        the message that publishes                  %N its number, %P the payload
 *   --subs N            subscribers                                                                 (1000)
 *   --channels N        over which they are spread, and the publications in turn: bench-0 …         (1: bench)
 *   --size BYTES        of a publication's payload                                                  (128)
 *   --window W          closed loop: W publications in flight
 *   --rate R            open loop: R publications a second; latency counts from when each was due, so that a server that
 *                       stalls is not flattered
 *   --warmup S, --seconds S   how long before it counts, and how long it counts                     (2, 5)
 *   --each-second       also a line for every second that counts: how a server warms up
 *   --connect-only      connect and subscribe, settle, print the server's memory per connection, end
 *   --publishers N      connections that publish, in turn                                           (4; raw: 1)
 *   --settle MS         wait after all have subscribed                                              (500)
 *   --tls               over TLS; certificates are not checked: this measures, it does not trust
 *   --host ADDRESS, --cpu N, --json
 *
 * Exit code 0: done; 2: wrong use; 3: the server refused or ended something; 4: it fell hopelessly behind.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/ssl.h>
#include <poll.h>
#include <sched.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

typedef uint64_t u64;

enum { DONE, USAGE = 2, REFUSED, BEHIND };

static void die(int code, const char *format, ...) {
  va_list arguments;
  va_start(arguments, format);
  fputs("wsfan: ", stderr);
  vfprintf(stderr, format, arguments);
  fputc('\n', stderr);
  exit(code);
}

static void *memory(void *old, size_t bytes) {
  void *block = realloc(old, bytes);
  if (!block) die(USAGE, "out of memory");
  return block;
}

static u64 now_ns(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return t.tv_sec * 1000000000ull + t.tv_nsec;
}

/* ---- options ---------------------------------------------------------------------------------------------------- */

static const char *host = "127.0.0.1", *proto = "native", *path, *subscribe_text, *publish_text, *app, *key, *secret;
static int port, subscribers = 1000, channels = 1, size = 128, window, warmup = 2, seconds = 5, publishers = 4;
static int settle_ms = 500, cpu = -1, server, json, connect_only, each_second, tls, raw, pusher;
static double rate;

static const struct { const char *name; const char **text; int *number; int *flag; } OPTIONS[] = {
    {"--host", &host, 0, 0},          {"--proto", &proto, 0, 0},        {"--path", &path, 0, 0},
    {"--sub", &subscribe_text, 0, 0}, {"--pubws", &publish_text, 0, 0}, {"--port", 0, &port, 0},
    {"--subs", 0, &subscribers, 0},   {"--channels", 0, &channels, 0},  {"--size", 0, &size, 0},
    {"--window", 0, &window, 0},      {"--warmup", 0, &warmup, 0},      {"--seconds", 0, &seconds, 0},
    {"--publishers", 0, &publishers, 0}, {"--settle", 0, &settle_ms, 0}, {"--cpu", 0, &cpu, 0},
    {"--pid", 0, &server, 0},         {"--json", 0, 0, &json},          {"--connect-only", 0, 0, &connect_only},
    {"--app", &app, 0, 0},            {"--key", &key, 0, 0},            {"--secret", &secret, 0, 0},
    {"--tls", 0, 0, &tls},            {"--each-second", 0, 0, &each_second},
};

static void read_option(int count, char **arguments, int *at) {
  const char *name = arguments[*at];
  for (size_t i = 0; i < sizeof OPTIONS / sizeof *OPTIONS; i++) {
    if (strcmp(name, OPTIONS[i].name)) continue;
    if (OPTIONS[i].flag) { *OPTIONS[i].flag = 1; return; }
    if (++*at == count) die(USAGE, "%s wants a value", name);
    if (OPTIONS[i].text) *OPTIONS[i].text = arguments[*at];
    else *OPTIONS[i].number = atoi(arguments[*at]);
    return;
  }
  if (!strcmp(name, "--rate") && *at + 1 < count) { rate = atof(arguments[++*at]); return; }
  die(USAGE, "no option %s; the head of wsfan.c tells them all", name);
}

static void read_options(int count, char **arguments) {
  for (int i = 1; i < count; i++) read_option(count, arguments, &i);
  raw = !strcmp(proto, "raw");
  pusher = !strcmp(proto, "pusher");
  if (raw) { publish_text = "%N%P"; path = "/%N"; publishers = 1; }
  else if (pusher) {
    static char target[256];
    if (!app || !key || !secret) die(USAGE, "pusher needs --app, --key and --secret");
    snprintf(target, sizeof target, "/app/%s?protocol=7&client=wsfan", key);
    if (!path) path = target;
    subscribe_text = "{\"event\":\"pusher:subscribe\",\"data\":{\"channel\":\"%C\"}}";
    publish_text = "{\"name\":\"e\",\"channel\":\"%C\",\"data\":\"%P\"}";
  } else if (strcmp(proto, "native")) die(USAGE, "--proto %s: expected raw, native or pusher", proto);
  if (!path) path = "/";
  if (!port || (!raw && (!subscribe_text || (!publish_text && !connect_only)))) die(USAGE, "--port is needed, with native also --sub and --pubws");
  if (!connect_only && (window > 0) == (rate > 0)) die(USAGE, "one of --window and --rate is needed");
  if (channels < 1 || channels > subscribers || subscribers % channels) die(USAGE, "--subs %d cannot be spread evenly over --channels %d", subscribers, channels);
  if (size < 64 || size > 900000 || publishers < 1 || publishers > 64) die(USAGE, "--size is 64 to 900000, --publishers 1 to 64");
}

static const char *channel_name(int number) {
  static char name[32];
  if (channels == 1) return "bench";
  snprintf(name, sizeof name, "bench-%d", number);
  return name;
}

/* A template filled in; the caller frees it. */
static char *expand(const char *template, int channel, const char *payload) {
  char *text = memory(0, 2 * strlen(template) + strlen(payload) + 128), *end = text;
  for (const char *t = template; *t; t++) {
    if (*t != '%' || !strchr("CNP", t[1] ? t[1] : '%')) { *end++ = *t; continue; }
    t++;
    if (*t == 'C') end = stpcpy(end, channel_name(channel));
    else if (*t == 'P') end = stpcpy(end, payload);
    else end += sprintf(end, "%d", channel);
  }
  *end = 0;
  return text;
}

/* ---- latencies: a log-linear histogram, 32 buckets per power of two ------------------------------------------------ */

#define BUCKETS 32
static u64 histogram[64 * BUCKETS], recorded, greatest;

static void record(u64 ns) {
  if (ns > greatest) greatest = ns;
  recorded++;
  if (ns < BUCKETS) { histogram[ns]++; return; }
  int power = 63 - __builtin_clzll(ns);
  histogram[(power - 4) * BUCKETS + ((ns >> (power - 5)) & (BUCKETS - 1))]++;
}

static double percentile_us(double share) {
  u64 wanted = recorded * share, counted = 0;
  for (int i = 0; i < 64 * BUCKETS && recorded; i++) {
    counted += histogram[i];
    if (counted <= wanted) continue;
    return i < BUCKETS ? i / 1e3 : (double)((u64)(BUCKETS + i % BUCKETS) << (i / BUCKETS - 1)) / 1e3;
  }
  return greatest / 1e3;
}

/* ---- connections -------------------------------------------------------------------------------------------------- */

typedef struct {
  int fd, channel, upgraded, live, publishes;
  SSL *ssl;
  unsigned char *kept; /* what is left of an incomplete frame */
  int length, room;
} Connection;

static Connection *connections, publisher[64];
static SSL_CTX *tls_context;
static int epoll, live;
static u64 bytes_in;

static int wait_for(int fd, short events) {
  struct pollfd p = {fd, events, 0};
  return poll(&p, 1, 10000);
}

static void open_connection(Connection *c) {
  int one = 1;
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(port)};
  inet_pton(AF_INET, host, &address.sin_addr);
  c->fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (c->fd < 0) die(USAGE, "no socket: %s (see ulimit -n)", strerror(errno));
  setsockopt(c->fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
  if (connect(c->fd, (void *)&address, sizeof address)) die(REFUSED, "cannot connect to %s:%d: %s", host, port, strerror(errno));
  if (!tls) return;
  c->ssl = SSL_new(tls_context);
  SSL_set_fd(c->ssl, c->fd);
  if (SSL_connect(c->ssl) != 1) die(REFUSED, "the TLS handshake failed");
}

/* How many bytes came; 0: none now. Ends the program at the end of a connection. */
static int receive(Connection *c, unsigned char *into, int room) {
  ssize_t got;
  if (c->ssl) {
    got = SSL_read(c->ssl, into, room);
    if (got <= 0 && SSL_get_error(c->ssl, got) == SSL_ERROR_WANT_READ) return 0;
  } else {
    got = recv(c->fd, into, room, MSG_DONTWAIT);
    if (got < 0 && errno == EAGAIN) return 0;
  }
  if (got <= 0) die(REFUSED, "the server ended a connection");
  bytes_in += got;
  return got;
}

static void transmit(Connection *c, const void *bytes, size_t length) {
  const char *at = bytes;
  while (length) {
    ssize_t taken = c->ssl ? SSL_write(c->ssl, at, length) : send(c->fd, at, length, MSG_NOSIGNAL);
    if (taken > 0) { at += taken; length -= taken; continue; }
    int again = c->ssl ? SSL_get_error(c->ssl, taken) == SSL_ERROR_WANT_WRITE : errno == EAGAIN;
    if (!again || wait_for(c->fd, POLLOUT) <= 0) die(REFUSED, "cannot send: %s", strerror(errno));
  }
}

static void upgrade(Connection *c, const char *template) {
  char request[4096], *target = expand(template, c->channel, "");
  int length = snprintf(request, sizeof request,
                        "GET %s HTTP/1.1\r\nHost: %s:%d\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                        "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n"
                        "Origin: %s://%s:%d\r\n\r\n",
                        target, host, port, tls ? "https" : "http", host, port);
  free(target);
  if (length >= (int)sizeof request) die(USAGE, "--path is too long");
  transmit(c, request, length);
}

static void send_frame(Connection *c, int opcode, const char *payload, size_t length) {
  unsigned char *frame = memory(0, length + 14);
  int header = 2;
  frame[0] = 0x80 | opcode;
  if (length < 126) frame[1] = 0x80 | length;
  else if (length < 65536) { frame[1] = 0x80 | 126; frame[2] = length >> 8; frame[3] = length; header = 4; }
  else { frame[1] = 0x80 | 127; for (int i = 0; i < 8; i++) frame[2 + i] = (u64)length >> (56 - 8 * i); header = 10; }
  memset(frame + header, 0, 4); /* a mask of zero leaves the payload as it is */
  memcpy(frame + header + 4, payload, length);
  transmit(c, frame, header + 4 + length);
  free(frame);
}

static void send_text(Connection *c, const char *template, const char *payload) {
  char *text = expand(template, c->channel, payload);
  send_frame(c, 1, text, strlen(text));
  free(text);
}

/* Hexadecimal, with a terminating zero. */
static const char *hex(const unsigned char *bytes, unsigned length) {
  static char text[2 * EVP_MAX_MD_SIZE + 1];
  for (unsigned i = 0; i < length; i++) sprintf(text + 2 * i, "%02x", bytes[i]);
  return text;
}

/* Posts to Pusher's HTTP API, signed. */
static void send_post(Connection *c, const char *body) {
  static char query[512], signed_text[1024];
  char *request = memory(0, strlen(body) + 2048);
  unsigned char digest[EVP_MAX_MD_SIZE];
  unsigned length;
  EVP_Digest(body, strlen(body), digest, &length, EVP_md5(), 0);
  snprintf(query, sizeof query, "auth_key=%s&auth_timestamp=%ld&auth_version=1.0&body_md5=%s", key, (long)time(0), hex(digest, length));
  snprintf(signed_text, sizeof signed_text, "POST\n/apps/%s/events\n%s", app, query);
  HMAC(EVP_sha256(), secret, strlen(secret), (unsigned char *)signed_text, strlen(signed_text), digest, &length);
  int total = sprintf(request, "POST /apps/%s/events?%s&auth_signature=%s HTTP/1.1\r\nHost: %s:%d\r\nContent-Type: application/json\r\nContent-Length: %zu\r\n\r\n%s",
                      app, query, hex(digest, length), host, port, strlen(body), body);
  transmit(c, request, total);
  free(request);
}

/* ---- what arrives --------------------------------------------------------------------------------------------------- */

#define RING (1 << 16)
static uint32_t arrivals[RING]; /* by publication, until all its receivers have it */
static u64 published, complete, deliveries;
static int measuring;

static u64 number(const unsigned char **at, const unsigned char *end) {
  u64 n = 0;
  while (*at < end && **at >= '0' && **at <= '9') n = n * 10 + (*(*at)++ - '0');
  return n;
}

/* Counts the marks @@TIME@@NUMBER@@ in a message, which may carry several publications. */
static void on_message(const unsigned char *at, const unsigned char *end) {
  while ((at = memmem(at, end - at, "@@", 2))) {
    at += 2;
    u64 sent = number(&at, end);
    if (end - at < 2 || at[0] != '@' || at[1] != '@') continue;
    at += 2;
    u64 which = number(&at, end);
    at += 2;
    deliveries++;
    if (measuring) { u64 now = now_ns(); record(now > sent ? now - sent : 0); }
    if (++arrivals[which % RING] == (uint32_t)(subscribers / channels)) { arrivals[which % RING] = 0; complete++; }
    if (at >= end) return;
  }
}

static void on_text(Connection *c, const unsigned char *text, int length) {
  if (c->live) { on_message(text, text + length); return; }
  const char *refused = pusher ? "error" : "\"type\":\"error\"", *joined = pusher ? "subscription_succeeded" : "\"type\":\"subscribed\"";
  if (memmem(text, length, refused, strlen(refused))) die(REFUSED, "the server said %.*s", length, text);
  if (c->publishes) return;
  if (memmem(text, length, joined, strlen(joined))) { c->live = 1; live++; }
}

static void on_frame(Connection *c, int opcode, const unsigned char *payload, int length) {
  if (opcode == 9) send_frame(c, 10, (const char *)payload, length);
  else if (opcode == 8) die(REFUSED, "the server closed a connection: %d %.*s", length > 1 ? payload[0] << 8 | payload[1] : 0, length > 2 ? length - 2 : 0, payload + 2);
  else on_text(c, payload, length);
}

/* Handles whole frames; returns how many bytes they were. */
static int read_frames(Connection *c, const unsigned char *bytes, int length) {
  int at = 0;
  while (length - at >= 2) {
    const unsigned char *frame = bytes + at;
    u64 payload = frame[1] & 127;
    int header = payload == 126 ? 4 : payload == 127 ? 10 : 2;
    if (length - at < header) break;
    if (header > 2) { payload = 0; for (int i = 2; i < header; i++) payload = payload << 8 | frame[i]; }
    if ((u64)(length - at) < header + payload) break;
    on_frame(c, frame[0] & 15, frame + header, payload);
    at += header + payload;
  }
  return at;
}

/* Returns how many bytes the answer to the upgrade had; 0 while it is not whole. */
static int read_answer(Connection *c, const unsigned char *bytes, int length) {
  const unsigned char *end = memmem(bytes, length, "\r\n\r\n", 4);
  if (!end) return 0;
  if (length < 12 || memcmp(bytes + 9, "101", 3)) die(REFUSED, "the upgrade was refused: %.*s", length > 200 ? 200 : length, bytes);
  c->upgraded = 1;
  if (c->publishes) return end + 4 - bytes;
  /* limit does not need to hear it. But a kernel delays the acknowledgements of one that has answered, and then some are made, and taken, at the
   * sender's cost: a quarter of one for each delivery. Both servers have to bear that, or neither. */
  send_text(c, raw ? "hello" : subscribe_text, "");
  if (raw) { c->live = 1; live++; }
  return end + 4 - bytes;
}

static void keep(Connection *c, const unsigned char *bytes, int length) {
  if (c->length + length > c->room) {
    c->room = c->length + length + 1024;
    c->kept = memory(c->kept, c->room);
  }
  memmove(c->kept + c->length, bytes, length);
  c->length += length;
}

static void readable(Connection *c) {
  static unsigned char chunk[1 << 18];
  int got;
  do {
    got = receive(c, chunk, sizeof chunk);
    if (got == 0) return;
    if (pusher && c->publishes) { /* answers of the API */
      if (memmem(chunk, got, "HTTP/1.1 4", 10) || memmem(chunk, got, "HTTP/1.1 5", 10)) die(REFUSED, "the API said %.*s", got, chunk);
      continue;
    }
    unsigned char *bytes = chunk;
    int length = got;
    if (c->length) { keep(c, chunk, got); bytes = c->kept; length = c->length; }
    int at = c->upgraded ? 0 : read_answer(c, bytes, length);
    if (c->upgraded) at += read_frames(c, bytes + at, length - at);
    if (bytes == c->kept) { memmove(c->kept, c->kept + at, length - at); c->length = length - at; }
    else if (at < length) keep(c, bytes + at, length - at);
  } while (got == (int)sizeof chunk || (c->ssl && SSL_pending(c->ssl)));
}

static void pump(int ms) {
  static struct epoll_event events[4096];
  int ready = epoll_wait(epoll, events, 4096, ms);
  for (int i = 0; i < ready; i++) readable(events[i].data.ptr);
}

static void watch(Connection *c) {
  if (c->ssl) fcntl(c->fd, F_SETFL, O_NONBLOCK); /* from here on a read must not wait for the rest of a record */
  struct epoll_event event = {.events = EPOLLIN, .data.ptr = c};
  epoll_ctl(epoll, EPOLL_CTL_ADD, c->fd, &event);
}

static void start(Connection *c, const char *target) {
  open_connection(c);
  upgrade(c, target);
  watch(c);
}

static void start_api(Connection *c) {
  open_connection(c);
  watch(c);
}

/* ---- the server's accounting -------------------------------------------------------------------------------------- */

typedef struct { double user, system; long rss_kib; } Usage;

static Usage usage_of(int pid) {
  Usage usage = {0, 0, 0};
  char name[64], text[4096];
  if (!pid) return usage;
  snprintf(name, sizeof name, "/proc/%d/stat", pid);
  FILE *file = fopen(name, "r");
  if (!file) die(USAGE, "--pid %d: no such process", pid);
  text[fread(text, 1, sizeof text - 1, file)] = 0;
  fclose(file);
  unsigned long user, system;
  sscanf(strrchr(text, ')') + 2, "%*c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %lu %lu", &user, &system);
  usage.user = (double)user / sysconf(_SC_CLK_TCK);
  usage.system = (double)system / sysconf(_SC_CLK_TCK);
  snprintf(name, sizeof name, "/proc/%d/status", pid);
  if ((file = fopen(name, "r"))) {
    while (fgets(text, sizeof text, file)) if (!strncmp(text, "VmRSS:", 6)) usage.rss_kib = atol(text + 6);
    fclose(file);
  }
  return usage;
}

static double own_cpu(void) {
  struct rusage own;
  getrusage(RUSAGE_SELF, &own);
  return own.ru_utime.tv_sec + own.ru_stime.tv_sec + (own.ru_utime.tv_usec + own.ru_stime.tv_usec) / 1e6;
}

/* ---- the run ------------------------------------------------------------------------------------------------------ */

static void connect_all(void) {
  connections = calloc(subscribers, sizeof *connections);
  if (!connections) die(USAGE, "out of memory");
  for (int i = 0; i < subscribers; i++) {
    connections[i].channel = i % channels;
    start(&connections[i], path);
    while (live < i - 512 || (i % 64 == 63 && live < i - 256)) pump(10);
  }
  u64 deadline = now_ns() + 60000000000ull;
  while (live < subscribers) {
    pump(100);
    if (now_ns() > deadline) die(REFUSED, "only %d of %d subscribed within a minute", live, subscribers);
  }
  for (u64 until = now_ns() + settle_ms * 1000000ull; now_ns() < until;) pump(20);
}

static void connect_publishers(void) {
  for (int i = 0; i < publishers; i++) {
    publisher[i].publishes = 1;
    if (pusher) { start_api(&publisher[i]); continue; }
    start(&publisher[i], raw ? "/pub" : path);
    for (u64 deadline = now_ns() + 10000000000ull; !publisher[i].upgraded;) {
      pump(10);
      if (now_ns() > deadline) die(REFUSED, "a publisher got no answer to its upgrade");
    }
  }
}

static void publish(u64 due) {
  static char payload[1 << 20];
  int length = sprintf(payload, "{\"m\":\"@@%llu@@%llu@@\",\"x\":\"", (unsigned long long)due, (unsigned long long)published);
  while (length < size - 2) { payload[length] = 'a' + length % 26; length++; }
  strcpy(payload + length, "\"}");
  Connection *c = &publisher[published % publishers];
  c->channel = published % channels;
  published++;
  if (!pusher) { send_text(c, publish_text, payload); return; }
  static char quoted[1 << 20]; /* JSON in a JSON string */
  char *to = quoted;
  for (const char *from = payload; *from; from++) { if (*from == '"') *to++ = '\\'; *to++ = *from; }
  *to = 0;
  char *body = expand(publish_text, c->channel, quoted);
  send_post(c, body);
  free(body);
}

static void publish_due(u64 now, u64 *next) {
  if (window) {
    while (published - complete < (u64)window) publish(now_ns());
    return;
  }
  for (*next = *next ? *next : now; *next <= now; *next += 1e9 / rate) {
    if (published - complete > RING / 2) die(BEHIND, "the server is %d publications behind", RING / 2);
    publish(*next);
  }
}

static void report_memory(Usage before, Usage after, double took) {
  double per_connection = (double)(after.rss_kib - before.rss_kib) / subscribers;
  double cpu_us = (after.user + after.system - before.user - before.system) * 1e6 / subscribers;
  printf(json ? "{\"subs\":%d,\"connects_s\":%.0f,\"connect_cpu_us\":%.1f,\"rss_kib\":%ld,\"rss_per_connection_kib\":%.2f}\n"
              : "subs %d | connects/s %.0f  server cpu us/connect %.1f | rss %ld KiB, %.2f KiB per connection\n",
         subscribers, subscribers / took, cpu_us, after.rss_kib, per_connection);
}

/* What the last second cost. */
static void report_second(int second, Usage before, Usage after, u64 delivered) {
  double cpu = after.user + after.system - before.user - before.system;
  printf(json ? "{\"second\":%d,\"deliveries\":%llu,\"server_cpu_us\":%.3f}\n" : "second %d | deliveries %llu | server cpu us/delivery %.3f\n",
         second, (unsigned long long)delivered, cpu * 1e6 / (delivered ? delivered : 1));
  fflush(stdout);
}

int main(int count, char **arguments) {
  read_options(count, arguments);
  if (cpu >= 0) { cpu_set_t cpus; CPU_ZERO(&cpus); CPU_SET(cpu, &cpus); sched_setaffinity(0, sizeof cpus, &cpus); }
  struct rlimit files;
  getrlimit(RLIMIT_NOFILE, &files);
  files.rlim_cur = files.rlim_max;
  setrlimit(RLIMIT_NOFILE, &files);
  if (tls) { tls_context = SSL_CTX_new(TLS_client_method()); SSL_CTX_set_mode(tls_context, SSL_MODE_RELEASE_BUFFERS | SSL_MODE_AUTO_RETRY); }
  epoll = epoll_create1(0);

  Usage before = usage_of(server);
  u64 begun = now_ns();
  connect_all();
  double took = (now_ns() - begun) / 1e9 - settle_ms / 1e3;
  if (connect_only) { report_memory(before, usage_of(server), took); return DONE; }
  connect_publishers();

  int second = 0;
  Usage slice = before;
  u64 slice_deliveries = 0;
  u64 next = 0, from = 0, until = 0, deliveries_before = 0, bytes_before = 0, published_before = 0;
  double own_before = 0;
  u64 warm = now_ns() + warmup * 1000000000ull, patience = now_ns() + 20000000000ull;
  for (;;) {
    u64 now = now_ns();
    if (!measuring && now > warm) {
      measuring = 1;
      from = now;
      until = now + seconds * 1000000000ull;
      deliveries_before = deliveries; bytes_before = bytes_in; published_before = published; own_before = own_cpu();
      slice = before = usage_of(server);
      slice_deliveries = deliveries;
    }
    if (each_second && measuring && now > from + (second + 1) * 1000000000ull) {
      Usage usage = usage_of(server);
      report_second(++second, slice, usage, deliveries - slice_deliveries);
      slice = usage;
      slice_deliveries = deliveries;
    }
    if (measuring && now > until) break;
    if (now > patience && deliveries == 0) die(REFUSED, "nothing was delivered in 20 s");
    publish_due(now, &next);
    pump(window ? 1 : 0);
  }
  Usage after = usage_of(server);
  double elapsed = (now_ns() - from) / 1e9, each = deliveries > deliveries_before ? deliveries - deliveries_before : 1;
  double user = after.user - before.user, system = after.system - before.system;
  printf(json ? "{\"subs\":%d,\"channels\":%d,\"size\":%d,\"publications_s\":%.0f,\"deliveries_s\":%.0f,\"server_cpu_us\":%.3f,\"server_user_us\":%.3f,\"server_sys_us\":%.3f,"
                "\"server_cpu\":%.2f,\"client_cpu\":%.2f,\"p50_us\":%.0f,\"p90_us\":%.0f,\"p99_us\":%.0f,\"p999_us\":%.0f,\"max_us\":%.0f,\"rss_kib\":%ld,\"behind\":%llu,\"bytes_per_delivery\":%.0f}\n"
              : "subs %d channels %d size %d | publications/s %.0f deliveries/s %.0f | server cpu us/delivery %.3f (user %.3f sys %.3f)  cpu %.2f, client %.2f | us p50 %.0f p90 %.0f p99 %.0f p99.9 %.0f max %.0f | rss %ld KiB  behind %llu  bytes/delivery %.0f\n",
         subscribers, channels, size, (published - published_before) / elapsed, each / elapsed, (user + system) * 1e6 / each, user * 1e6 / each, system * 1e6 / each,
         (user + system) / elapsed, (own_cpu() - own_before) / elapsed, percentile_us(.5), percentile_us(.9), percentile_us(.99), percentile_us(.999), greatest / 1e3,
         after.rss_kib, (unsigned long long)(published - complete), (bytes_in - bytes_before) / each);
  return DONE;
}
