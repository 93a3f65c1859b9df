// What the proxies of the benchmark pass requests to: one thread, one read and one write a request.
//
//   http-backend PORT    30 octets for every target, 10 KiB for one that begins with /10k
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <poll.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

enum { CONNECTIONS = 65536, HEAD = 8192, EVENTS = 256, SMALL = 30, LARGE = 10240 };

// Of a connection: what has come of a head, or how much of a body is still to come.
struct connection {
    bool in_body, is_chunked, wants_large;
    uint64_t body;
    // The last octets of a chunked body, to see its end.
    char tail[5];
    uint32_t used;
    char head[HEAD];
};

static struct connection *connections[CONNECTIONS];
static char small[256], large[LARGE + 256];
static size_t small_length, large_length;

static size_t write_response(char *response, size_t body) {
    size_t length = sprintf(
        response, "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: %zu\r\n\r\n", body);
    memset(response + length, 'x', body);
    return length + body;
}

static bool answer(int socket, bool wants_large) {
    const char *response = wants_large ? large : small;
    size_t left = wants_large ? large_length : small_length;
    while (left > 0) {
        ssize_t sent = send(socket, response, left, MSG_NOSIGNAL);
        if (sent < 0 && errno == EAGAIN) {
            struct pollfd writable = {.fd = socket, .events = POLLOUT};
            poll(&writable, 1, 1000);
            continue;
        }
        if (sent <= 0) return false;
        response += sent;
        left -= sent;
    }
    return true;
}

static const char *value_of(const char *head, const char *name) {
    const char *line = strcasestr(head, name);
    return line ? line + strlen(name) : NULL;
}

// Takes octets of a body; returns how many. Clears in_body at its end.
static size_t take_body(struct connection *connection, const char *octets, size_t count) {
    if (!connection->is_chunked) {
        size_t taken = count < connection->body ? count : connection->body;
        connection->body -= taken;
        connection->in_body = connection->body > 0;
        return taken;
    }
    for (size_t i = 0; i < count; i++) {
        memmove(connection->tail, connection->tail + 1, 4);
        connection->tail[4] = octets[i];
        if (memcmp(connection->tail, "0\r\n\r\n", 5) != 0) continue;
        connection->in_body = false;
        return i + 1;
    }
    return count;
}

static void begin_body(struct connection *connection, const char *head) {
    const char *length = value_of(head, "\r\ncontent-length:");
    const char *coding = value_of(head, "\r\ntransfer-encoding:");
    connection->wants_large = strncmp(strchrnul(head, ' '), " /10k", 5) == 0;
    connection->is_chunked = coding != NULL;
    connection->body = length ? strtoull(length, NULL, 10) : 0;
    connection->in_body = connection->is_chunked || connection->body > 0;
    memset(connection->tail, 0, sizeof connection->tail);
}

// Works through what has come; false if the connection is of no more use.
static bool work(int socket, struct connection *connection) {
    size_t at = 0;
    while (at < connection->used) {
        if (connection->in_body) {
            at += take_body(connection, connection->head + at, connection->used - at);
        } else {
            char *start = connection->head + at;
            char *end = memmem(start, connection->used - at, "\r\n\r\n", 4);
            if (!end) break;
            end[2] = 0;
            begin_body(connection, start);
            at = end + 4 - connection->head;
        }
        if (!connection->in_body && !answer(socket, connection->wants_large)) return false;
    }
    connection->used -= at;
    memmove(connection->head, connection->head + at, connection->used);
    return connection->used < HEAD;
}

static void serve(int socket, uint32_t events) {
    struct connection *connection = connections[socket];
    if (events & EPOLLIN) {
        ssize_t count = recv(socket, connection->head + connection->used, HEAD - connection->used, 0);
        if (count < 0 && errno == EAGAIN) return;
        if (count > 0) {
            connection->used += count;
            if (work(socket, connection)) return;
        }
    }
    connections[socket] = NULL;
    free(connection);
    close(socket);
}

static void accept_all(int server, int poller) {
    int client;
    while ((client = accept4(server, NULL, NULL, SOCK_NONBLOCK)) >= 0) {
        if (client >= CONNECTIONS) {
            close(client);
            continue;
        }
        connections[client] = calloc(1, sizeof(struct connection));
        setsockopt(client, IPPROTO_TCP, 1 /* TCP_NODELAY */, &(int){1}, sizeof(int));
        struct epoll_event interest = {.events = EPOLLIN, .data.fd = client};
        epoll_ctl(poller, EPOLL_CTL_ADD, client, &interest);
    }
}

int main(int count, char **arguments) {
    if (count != 2) return 64;
    small_length = write_response(small, SMALL);
    large_length = write_response(large, LARGE);
    int server = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
    setsockopt(server, SOL_SOCKET, SO_REUSEADDR, &(int){1}, sizeof(int));
    struct sockaddr_in own = {.sin_family = AF_INET, .sin_port = htons(atoi(arguments[1]))};
    if (bind(server, (struct sockaddr *)&own, sizeof own) || listen(server, 4096)) {
        perror("http-backend");
        return 1;
    }
    int poller = epoll_create1(0);
    epoll_ctl(poller, EPOLL_CTL_ADD, server, &(struct epoll_event){.events = EPOLLIN, .data.fd = server});
    for (;;) {
        struct epoll_event events[EVENTS];
        int ready = epoll_wait(poller, events, EVENTS, -1);
        for (int i = 0; i < ready; i++) {
            if (events[i].data.fd == server) accept_all(server, poller);
            else serve(events[i].data.fd, events[i].events);
        }
    }
}
