// A client of an HTTP server that measures what wrk does not.
//
//   http-client idle ADDRESS PORT COUNT SECONDS HOST    COUNT connections: each has had one answer and then keeps silent
//   http-client slow ADDRESS PORT COUNT SECONDS HOST    the same, but each sends one octet of its head a second
//   http-client change ADDRESS PORT HOST NEW PATH       renames NEW to PATH, then microseconds until HOST has another status
//   http-client swap ONE OTHER NEW PATH                 puts ONE and OTHER at PATH in turns, 20 times a second, until killed
//
// The first two print `open N` once they are there, and `left N` for those that are not closed after SECONDS.
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <poll.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { FILES = 65536 };

static struct pollfd crowd[FILES];
static int size;

static void die(const char *what) {
    fprintf(stderr, "http-client: %s: %s\n", what, strerror(errno));
    exit(1);
}

static double now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return time.tv_sec + time.tv_nsec / 1e9;
}

static int open_connection(const struct sockaddr_in *server) {
    int client = socket(AF_INET, SOCK_STREAM, 0);
    if (client < 0) die("socket");
    struct timeval patience = {.tv_sec = 10};
    setsockopt(client, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    if (connect(client, (const struct sockaddr *)server, sizeof *server)) die("connect");
    return client;
}

// The status of one request's answer, of fewer than 4 KiB.
static int exchange(int client, const char *host) {
    char text[4096];
    int length = snprintf(text, sizeof text, "GET / HTTP/1.1\r\nHost: %s\r\n\r\n", host);
    if (send(client, text, length, MSG_NOSIGNAL) != length) die("send");
    ssize_t count = recv(client, text, sizeof text - 1, 0);
    if (count < 12) die("no answer");
    text[count] = 0;
    return atoi(text + 9);
}

// Counts out those that the server has closed.
static void look(void) {
    poll(crowd, size, 0);
    for (int i = 0; i < size; i++) {
        char text[512];
        if (crowd[i].fd < 0 || !crowd[i].revents) continue;
        ssize_t count = recv(crowd[i].fd, text, sizeof text, MSG_DONTWAIT);
        if (count > 0 || (count < 0 && errno == EAGAIN)) continue;
        close(crowd[i].fd);
        crowd[i].fd = -1;
    }
}

static int count_open(void) {
    int open = 0;
    for (int i = 0; i < size; i++) open += crowd[i].fd >= 0;
    return open;
}

// The octet of this number of a head that never ends.
static char octet(const char *head, size_t number) {
    size_t length = strlen(head);
    return number < length ? head[number] : "x: y\r\n"[(number - length) % 6];
}

static int keep_crowd(const struct sockaddr_in *server, bool is_slow, int wanted, double seconds, const char *host) {
    char head[512];
    snprintf(head, sizeof head, "GET / HTTP/1.1\r\nHost: %s\r\n", host);
    for (; size < wanted && size < FILES; size++) {
        int client = open_connection(server);
        if (!is_slow && exchange(client, host) != 200) die("no answer of 200");
        crowd[size] = (struct pollfd){.fd = client, .events = POLLIN};
    }
    printf("open %d\n", size);
    fflush(stdout);
    double start = now();
    for (size_t number = 0; now() - start < seconds; number++) {
        for (int i = 0; is_slow && i < size; i++) {
            char next = octet(head, number);
            if (crowd[i].fd >= 0) send(crowd[i].fd, &next, 1, MSG_NOSIGNAL | MSG_DONTWAIT);
        }
        look();
        double rest = start + number + 1 - now();
        if (rest > 0) usleep(rest * 1e6);
    }
    look();
    printf("left %d\n", count_open());
    return 0;
}

static int measure_change(const struct sockaddr_in *server, const char *host, const char *new, const char *path) {
    int client = open_connection(server), before = exchange(client, host);
    double start = now();
    if (rename(new, path)) die(path);
    while (now() < start + 10) {
        if (exchange(client, host) == before) continue;
        printf("%.0f\n", (now() - start) * 1e6);
        return 0;
    }
    return 1;
}

// By way of the name NEW: PATH is never without a file. It starts no process, which would take the time of those measured.
static int swap_for_ever(char **files, const char *new, const char *path) {
    for (unsigned number = 0;; number++) {
        if (link(files[number % 2], new) || rename(new, path)) die(path);
        usleep(50 * 1000);
    }
}

int main(int count, char **arguments) {
    if (count == 6 && strcmp(arguments[1], "swap") == 0) return swap_for_ever(arguments + 2, arguments[4], arguments[5]);
    if (count != 7) return 64;
    struct sockaddr_in server = {.sin_family = AF_INET, .sin_port = htons(atoi(arguments[3]))};
    if (inet_pton(AF_INET, arguments[2], &server.sin_addr) != 1) die(arguments[2]);
    if (strcmp(arguments[1], "change") == 0) return measure_change(&server, arguments[4], arguments[5], arguments[6]);
    bool is_slow = strcmp(arguments[1], "slow") == 0;
    return keep_crowd(&server, is_slow, atoi(arguments[4]), atof(arguments[5]), arguments[6]);
}
