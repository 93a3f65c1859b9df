// The floor of a UDP server: what comes in goes out again, 64 datagrams a call, with the bit set that makes it a response.
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

enum { BATCH = 64, SIZE = 2048 };

int main(int count, char **arguments) {
    if (count != 2) return 64;
    struct sockaddr_in own = {.sin_family = AF_INET, .sin_port = htons(53)};
    inet_pton(AF_INET, arguments[1], &own.sin_addr);
    int server = socket(AF_INET, SOCK_DGRAM, 0);
    if (server < 0 || bind(server, (struct sockaddr *)&own, sizeof own)) return 1;
    static uint8_t octets[BATCH][SIZE];
    static struct sockaddr_in senders[BATCH];
    static struct iovec parts[BATCH];
    static struct mmsghdr messages[BATCH];
    for (;;) {
        for (int i = 0; i < BATCH; i++) {
            parts[i] = (struct iovec){octets[i], SIZE};
            messages[i].msg_hdr = (struct msghdr){
                .msg_name = &senders[i], .msg_namelen = sizeof senders[i], .msg_iov = &parts[i], .msg_iovlen = 1};
        }
        int received = recvmmsg(server, messages, BATCH, MSG_WAITFORONE, NULL);
        for (int i = 0; i < received; i++) {
            octets[i][2] |= 0x80;
            parts[i].iov_len = messages[i].msg_len;
        }
        if (received > 0) sendmmsg(server, messages, received, 0);
    }
}
