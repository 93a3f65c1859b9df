// Opens connections to services, one after the other, and says how long the first packets took to be answered.
//
//   services-client connect SERVICES SAMPLES    to port 80 of random ones of 10.43.0.1, 10.43.0.2, …: 250 to a /24
//
// Prints the median and the 99th percentile in microseconds.
#include <arpa/inet.h>
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

static int64_t now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return time.tv_sec * INT64_C(1000000000) + time.tv_nsec;
}

static int compare(const void *left, const void *right) {
    int64_t a = *(const int64_t *)left, b = *(const int64_t *)right;
    return a < b ? -1 : a > b;
}

int main(int count, char **arguments) {
    if (count != 4 || strcmp(arguments[1], "connect") != 0) {
        fprintf(stderr, "usage: services-client connect SERVICES SAMPLES\n");
        return 64;
    }
    uint32_t services = strtoul(arguments[2], NULL, 10);
    size_t samples = strtoul(arguments[3], NULL, 10);
    int64_t *times = calloc(samples, sizeof *times);
    if (services == 0 || samples == 0 || times == NULL) return 64;
    srandom(1);
    for (size_t sample = 0; sample < samples; sample++) {
        uint32_t service = (uint32_t)random() % services;
        struct sockaddr_in target = {.sin_family = AF_INET, .sin_port = htons(80)};
        target.sin_addr.s_addr = htonl(10u << 24 | 43u << 16 | service / 250 << 8 | (service % 250 + 1));
        int descriptor = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
        // Closed by a reset, so that no port stays occupied.
        struct linger linger = {.l_onoff = 1};
        setsockopt(descriptor, SOL_SOCKET, SO_LINGER, &linger, sizeof linger);
        int64_t start = now();
        if (connect(descriptor, (struct sockaddr *)&target, sizeof target) != 0) {
            fprintf(stderr, "service %u: %s\n", service, strerror(errno));
            return 1;
        }
        times[sample] = now() - start;
        close(descriptor);
    }
    qsort(times, samples, sizeof *times, compare);
    printf("%.1f %.1f\n", times[samples / 2] / 1e3, times[samples * 99 / 100] / 1e3);
    return 0;
}
