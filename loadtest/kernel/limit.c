/* limit: the least that any fan-out server can cost on this kernel.
 *
 * It upgrades connections, then sends whatever a publisher (path /pub) sends to every subscriber of the channel, with one
 * send(2) for each: no parsing of messages, no history, no accounting, no backlog. What that costs per delivery is the
 * kernel's price; a gateway can only approach it. What arrives in one read leaves together, as it would from a good server.
 *
 *   limit PORT [CPU]        listens on 127.0.0.1; pinned to CPU if one is given
 *
 * A subscriber of path /N is on channel N. A publication is a text frame that begins with its channel's number.
 * Driven by: wsfan --proto raw
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#define CHANNELS_MAX 4096
#define DESCRIPTORS_MAX (1 << 20)
#define READ_BYTES (1 << 20)
#define EVENTS 1024

static const char ANSWER[] = "HTTP/1.1 101 Switching Protocols\r\n"
                             "Upgrade: websocket\r\nConnection: Upgrade\r\n"
                             "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n";

typedef struct {
  int *subscribers, count, room;
  unsigned char *out; /* what this read brought for it, framed for clients */
  int out_length, out_room;
} Channel;

enum { NEW, SUBSCRIBER, PUBLISHER };

static Channel channels[CHANNELS_MAX];
static struct { char role; short channel; } peers[DESCRIPTORS_MAX];
static int epoll;

static void die(const char *what) {
  fprintf(stderr, "limit: %s: %s\n", what, strerror(errno));
  exit(1);
}

static void watch(int fd) {
  struct epoll_event event = {.events = EPOLLIN, .data.fd = fd};
  if (epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &event)) die("epoll_ctl");
}

static void welcome(int listener) {
  int one = 1, fd = accept4(listener, 0, 0, SOCK_NONBLOCK);
  if (fd < 0) return;
  if (fd >= DESCRIPTORS_MAX) { close(fd); return; }
  setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
  peers[fd].role = NEW;
  watch(fd);
}

static void subscribe(int fd, int number) {
  Channel *channel = &channels[number];
  if (channel->count == channel->room) {
    channel->room = channel->room ? 2 * channel->room : 16;
    channel->subscribers = realloc(channel->subscribers, channel->room * sizeof(int));
    if (!channel->subscribers) die("memory");
  }
  peers[fd].role = SUBSCRIBER;
  peers[fd].channel = number;
  channel->subscribers[channel->count++] = fd;
}

static void leave(int fd) {
  Channel *channel = &channels[peers[fd].channel];
  for (int i = 0; peers[fd].role == SUBSCRIBER && i < channel->count; i++)
    if (channel->subscribers[i] == fd) channel->subscribers[i--] = channel->subscribers[--channel->count];
  close(fd);
}

/* What a subscriber says after its upgrade is of no interest. */
static void hear(int fd) {
  char heard[4096];
  ssize_t length = recv(fd, heard, sizeof heard - 1, 0);
  if (length < 0 && errno == EAGAIN) return;
  if (length <= 0) { leave(fd); return; }
  if (peers[fd].role != NEW) return;
  heard[length] = 0;
  int number = strncmp(heard, "GET /", 5) ? 0 : atoi(heard + 5);
  if (!strncmp(heard, "GET /pub", 8)) peers[fd].role = PUBLISHER;
  else subscribe(fd, number >= 0 && number < CHANNELS_MAX ? number : 0);
  send(fd, ANSWER, sizeof ANSWER - 1, MSG_NOSIGNAL);
}

/* Adds a frame to what its channel gets: the same without the mask, which wsfan sets to zero. */
static Channel *collect(const unsigned char *frame, int header, int length) {
  const unsigned char *payload = frame + header + 4;
  int number = atoi((const char *)payload);
  Channel *channel = &channels[number >= 0 && number < CHANNELS_MAX ? number : 0];
  if (channel->out_length + header + length > channel->out_room) {
    channel->out_room = 2 * (channel->out_length + header + length);
    channel->out = realloc(channel->out, channel->out_room);
    if (!channel->out) die("memory");
  }
  unsigned char *out = channel->out + channel->out_length;
  memcpy(out, frame, header);
  out[1] &= 127;
  memcpy(out + header, payload, length);
  channel->out_length += header + length;
  return channel;
}

static void deliver(Channel *channel) {
  for (int i = 0; i < channel->count; i++) {
    int fd = channel->subscribers[i], sent = 0;
    while (sent < channel->out_length) {
      ssize_t taken = send(fd, channel->out + sent, channel->out_length - sent, MSG_NOSIGNAL);
      if (taken >= 0) { sent += taken; continue; }
      if (errno != EAGAIN) break;
      struct pollfd writable = {fd, POLLOUT, 0};
      poll(&writable, 1, 100);
    }
  }
  channel->out_length = 0;
}

static void publish(int fd) {
  static unsigned char in[READ_BYTES];
  static Channel *dirty[CHANNELS_MAX];
  static int have; /* one publisher: what is left of a frame stays here */
  ssize_t got = recv(fd, in + have, sizeof in - have - 1, 0);
  if (got <= 0) {
    if (got == 0) { have = 0; leave(fd); }
    return;
  }
  have += got;
  int at = 0, dirties = 0;
  while (have - at >= 8) {
    unsigned char *frame = in + at;
    long length = frame[1] & 127;
    int header = 2;
    if (length == 126) { length = frame[2] << 8 | frame[3]; header = 4; }
    else if (length == 127) {
      if (have - at < 10) break;
      length = (long)frame[6] << 24 | frame[7] << 16 | frame[8] << 8 | frame[9];
      header = 10;
    }
    if (header + 4 + length > have - at) break;
    Channel *channel = collect(frame, header, length);
    if (channel->out_length == header + length) dirty[dirties++] = channel; /* its first of this read */
    at += header + 4 + length;
  }
  memmove(in, in + at, have - at);
  have -= at;
  for (int i = 0; i < dirties; i++) deliver(dirty[i]);
}

static int listen_on(int port) {
  int one = 1, fd = socket(AF_INET, SOCK_STREAM, 0);
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
  if (fd < 0 || bind(fd, (void *)&address, sizeof address) || listen(fd, 4096)) die("cannot listen");
  return fd;
}

int main(int count, char **arguments) {
  if (count < 2) { fprintf(stderr, "usage: limit PORT [CPU]\n"); return 2; }
  if (count > 2) {
    cpu_set_t cpus;
    CPU_ZERO(&cpus);
    CPU_SET(atoi(arguments[2]), &cpus);
    sched_setaffinity(0, sizeof cpus, &cpus);
  }
  struct rlimit files;
  getrlimit(RLIMIT_NOFILE, &files);
  files.rlim_cur = files.rlim_max;
  setrlimit(RLIMIT_NOFILE, &files);
  epoll = epoll_create1(0);
  int listener = listen_on(atoi(arguments[1]));
  watch(listener);
  for (;;) {
    static struct epoll_event events[EVENTS];
    int ready = epoll_wait(epoll, events, EVENTS, -1);
    for (int i = 0; i < ready; i++) {
      int fd = events[i].data.fd;
      if (fd == listener) welcome(listener);
      else if (peers[fd].role == PUBLISHER) publish(fd);
      else hear(fd);
    }
  }
}
