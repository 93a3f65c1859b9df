// Many connections to one HTTP server that do next to nothing.
//
//   http-crowd idle ADDRESS PORT COUNT SECONDS HOST    each has had one answer and then keeps silent
//   http-crowd slow ADDRESS PORT COUNT SECONDS HOST    each sends one octet of its head a second
//
// Prints `open N` once they are there, and `left N` for those that the server has not closed after SECONDS.
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
    fprintf(stderr, "http-crowd: %s: %s\n", what, strerror(errno));
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

// One request, and its answer of fewer than 4 KiB.
static void exchange(int client, const char *host) {
    char text[4096];
    int length = snprintf(text, sizeof text, "GET / HTTP/1.1\r\nHost: %s\r\n\r\n", host);
    if (send(client, text, length, MSG_NOSIGNAL) != length) die("send");
    ssize_t count = recv(client, text, sizeof text, 0);
    if (count < 12 || memcmp(text + 9, "200", 3) != 0) die("no answer of 200");
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

int main(int count, char **arguments) {
    if (count != 7) return 64;
    bool is_slow = strcmp(arguments[1], "slow") == 0;
    struct sockaddr_in server = {.sin_family = AF_INET, .sin_port = htons(atoi(arguments[3]))};
    if (inet_pton(AF_INET, arguments[2], &server.sin_addr) != 1) die(arguments[2]);
    int wanted = atoi(arguments[4]);
    double seconds = atof(arguments[5]);
    char head[512];
    snprintf(head, sizeof head, "GET / HTTP/1.1\r\nHost: %s\r\n", arguments[6]);
    for (; size < wanted && size < FILES; size++) {
        int client = open_connection(&server);
        if (!is_slow) exchange(client, arguments[6]);
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
}
