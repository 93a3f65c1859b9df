#include "CLinux.h"

#include <linux/sockios.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

int linnet_stream_watch(int epoll, int descriptor, uint64_t tag) {
    struct epoll_event event = { .events = EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLET, .data.u64 = tag };
    return epoll_ctl(epoll, EPOLL_CTL_ADD, descriptor, &event);
}

int linnet_stream_wait(int epoll, struct linnet_stream_event *ready, int capacity, int milliseconds) {
    struct epoll_event events[LINNET_STREAM_EVENTS];
    int count = epoll_wait(
        epoll, events, capacity < LINNET_STREAM_EVENTS ? capacity : LINNET_STREAM_EVENTS, milliseconds);
    for (int index = 0; index < count; index++) {
        uint32_t mask = events[index].events;
        ready[index].tag = events[index].data.u64;
        ready[index].is_readable = (mask & (EPOLLIN | EPOLLRDHUP | EPOLLHUP | EPOLLERR)) != 0;
        ready[index].is_writable = (mask & (EPOLLOUT | EPOLLERR | EPOLLHUP)) != 0;
        ready[index].has_ended = (mask & (EPOLLRDHUP | EPOLLHUP | EPOLLERR)) != 0;
    }
    return count;
}

int linnet_stream_keep_alive(int socket) {
    // With the last of them the kernel goes by it in place of TCP_KEEPCNT: it is as long as three probes take.
    int yes = 1, idle = 60, interval = 10, limit = 90000;
    return setsockopt(socket, SOL_SOCKET, SO_KEEPALIVE, &yes, sizeof yes)
            || setsockopt(socket, IPPROTO_TCP, TCP_KEEPIDLE, &idle, sizeof idle)
            || setsockopt(socket, IPPROTO_TCP, TCP_KEEPINTVL, &interval, sizeof interval)
            || setsockopt(socket, IPPROTO_TCP, TCP_USER_TIMEOUT, &limit, sizeof limit)
        ? -1
        : 0;
}

int linnet_stream_unacknowledged(int socket) {
    int waiting = 0;
    return ioctl(socket, SIOCOUTQ, &waiting) ? 0 : waiting;
}

int linnet_stream_is_moving(int socket, unsigned milliseconds) {
    struct tcp_info info = { 0 };
    socklen_t size = sizeof info;
    if (linnet_stream_unacknowledged(socket) == 0) return 0;
    return getsockopt(socket, IPPROTO_TCP, TCP_INFO, &info, &size) == 0 && info.tcpi_last_ack_recv < milliseconds;
}

int linnet_stream_error(int socket) {
    int error = 0;
    socklen_t size = sizeof error;
    return getsockopt(socket, SOL_SOCKET, SO_ERROR, &error, &size) ? -1 : error;
}

int linnet_stream_set_reset(int socket) {
    struct linger linger = { .l_onoff = 1, .l_linger = 0 };
    return setsockopt(socket, SOL_SOCKET, SO_LINGER, &linger, sizeof linger);
}
