// A client of a DNS server that measures what dnsperf does not.
//
//   dns-client latency ADDRESS SECONDS OUTSTANDING NAMES   microseconds of the median and the 99th percentile, queries a second
//   dns-client change ADDRESS NAME NEW PATH                renames NEW to PATH, then microseconds until NAME has another address
//   dns-client swap ONE OTHER NEW PATH                     puts ONE and OTHER at PATH in turns, 20 times a second, until killed
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { PORT = 53, HEADER = 12, SIZE = 512, IDENTIFIERS = 65536, BUCKETS = 1 << 20, PATIENCE = 1000000 };

static uint64_t now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return time.tv_sec * 1000000ull + time.tv_nsec / 1000;
}

static void die(const char *what) {
    fprintf(stderr, "dns-client: %s: %s\n", what, strerror(errno));
    exit(1);
}

static int open_socket(const char *address) {
    struct sockaddr_in server = {.sin_family = AF_INET, .sin_port = htons(PORT)};
    if (inet_pton(AF_INET, address, &server.sin_addr) != 1) die(address);
    int client = socket(AF_INET, SOCK_DGRAM, 0);
    if (client < 0 || connect(client, (struct sockaddr *)&server, sizeof server)) die("connect");
    struct timeval patience = {.tv_usec = 200000};
    setsockopt(client, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    return client;
}

// A query for the A records of a name. Returns its length.
static size_t write_query(uint8_t *query, uint16_t identifier, const char *name) {
    memset(query, 0, HEADER);
    query[0] = identifier >> 8;
    query[1] = identifier;
    query[2] = 1;
    query[5] = 1;
    size_t length = HEADER;
    while (*name) {
        size_t label = strcspn(name, ".");
        query[length++] = label;
        memcpy(query + length, name, label);
        length += label;
        name += label + (name[label] == '.');
    }
    memcpy(query + length, "\0\0\1\0\1", 5);
    return length + 5;
}

static void send_query(int client, const char *name, uint16_t identifier) {
    uint8_t query[SIZE];
    size_t length = write_query(query, identifier, name);
    if (send(client, query, length, 0) < 0 && errno != ECONNREFUSED) die("send");
}

static uint64_t sent_at[IDENTIFIERS];
static uint32_t latencies[BUCKETS];

static uint32_t percentile(uint64_t answered, double share) {
    uint64_t left = answered * share;
    for (uint32_t bucket = 0; bucket < BUCKETS; bucket++) {
        if (latencies[bucket] >= left) return bucket;
        left -= latencies[bucket];
    }
    return BUCKETS;
}

static int measure_latency(int client, double seconds, int outstanding, char **names, int count) {
    uint16_t identifier = 0;
    int next = 0;
    uint64_t answered = 0, start = now(), end = start + seconds * 1000000;
    for (int i = 0; i < outstanding; i++) {
        sent_at[++identifier] = now();
        send_query(client, names[next++ % count], identifier);
    }
    while (now() < end) {
        uint8_t reply[SIZE];
        ssize_t length = recv(client, reply, sizeof reply, 0);
        if (length >= HEADER) {
            uint16_t number = reply[0] << 8 | reply[1];
            uint64_t took = now() - sent_at[number];
            if (!sent_at[number] || took > PATIENCE) continue;
            sent_at[number] = 0;
            latencies[took < BUCKETS ? took : BUCKETS - 1]++;
            answered++;
        }
        // What is lost is asked anew, too.
        sent_at[++identifier] = now();
        send_query(client, names[next++ % count], identifier);
    }
    if (!answered) return 1;
    printf("%u %u %.0f\n", percentile(answered, 0.5), percentile(answered, 0.99), answered / seconds);
    return 0;
}

// The address of the first record; 0 if there is none.
static uint32_t ask(int client, const char *name, uint16_t identifier) {
    uint8_t reply[SIZE], query[SIZE];
    size_t question = write_query(query, identifier, name);
    send_query(client, name, identifier);
    for (;;) {
        ssize_t length = recv(client, reply, sizeof reply, 0);
        if (length < 0) return 0;
        if (reply[0] != query[0] || reply[1] != query[1]) continue;
        uint32_t address = 0;
        // Behind the question: a pointer, type, class, TTL and length, and then the address.
        if (reply[7] > 0 && (size_t)length >= question + 16) memcpy(&address, reply + question + 12, sizeof address);
        return address;
    }
}

static int measure_change(int client, const char *name, const char *new, const char *path) {
    uint16_t identifier = 1;
    uint32_t before = ask(client, name, identifier);
    if (!before) return 1;
    uint64_t start = now();
    if (rename(new, path)) die(path);
    while (now() < start + 10 * PATIENCE) {
        if (ask(client, name, ++identifier) == before) continue;
        printf("%llu\n", (unsigned long long)(now() - start));
        return 0;
    }
    return 1;
}

// By way of the name NEW: PATH is never without a file. It starts no process, which would take the time of those measured.
static int swap_for_ever(char **files, const char *new, const char *path) {
    const struct timespec pause = {.tv_nsec = 50 * 1000 * 1000};
    for (unsigned number = 0;; number++) {
        if (link(files[number % 2], new) || rename(new, path)) die(path);
        nanosleep(&pause, NULL);
    }
}

int main(int count, char **arguments) {
    if (count >= 6 && strcmp(arguments[1], "latency") == 0)
        return measure_latency(
            open_socket(arguments[2]), atof(arguments[3]), atoi(arguments[4]), arguments + 5, count - 5);
    if (count == 6 && strcmp(arguments[1], "change") == 0)
        return measure_change(open_socket(arguments[2]), arguments[3], arguments[4], arguments[5]);
    if (count == 6 && strcmp(arguments[1], "swap") == 0) return swap_for_ever(arguments + 2, arguments[4], arguments[5]);
    return 64;
}
