#include "CLinux.h"

#include <errno.h>
#include <fcntl.h>
#include <malloc.h>
#include <pthread.h>
#include <sched.h>
#include <semaphore.h>
#include <stdio.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/file.h>
#include <sys/inotify.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <syslog.h>
#include <time.h>
#include <unistd.h>

const char *linnet_errno_name(int number) { return strerrorname_np(number); }

const char *linnet_errno_description(int number) { return strerrordesc_np(number); }

int linnet_enter_network_namespace(int descriptor) { return setns(descriptor, CLONE_NEWNET); }

int linnet_unshare_network_namespace(void) { return unshare(CLONE_NEWNET); }

void linnet_name_thread(const char *name) {
    char kept[16];
    snprintf(kept, sizeof kept, "%s", name);
    pthread_setname_np(pthread_self(), kept);
}

void linnet_return_freed_memory(size_t bytes) {
    mallopt(M_MMAP_THRESHOLD, (int)bytes);
    mallopt(M_TRIM_THRESHOLD, (int)bytes);
}

void linnet_compact_memory(void) { malloc_trim(0); }

int linnet_thread_id(void) { return gettid(); }

int linnet_semaphore_wait(sem_t *semaphore, int64_t milliseconds) {
    struct timespec end;
    clock_gettime(CLOCK_MONOTONIC, &end);
    end.tv_sec += milliseconds / 1000;
    end.tv_nsec += milliseconds % 1000 * 1000000;
    if (end.tv_nsec >= 1000000000) {
        end.tv_sec += 1;
        end.tv_nsec -= 1000000000;
    }
    int answer;
    do answer = sem_clockwait(semaphore, CLOCK_MONOTONIC, &end);
    while (answer != 0 && errno == EINTR);
    return answer;
}

int linnet_open_standard_streams(void) {
    // The lowest number that is free is given: 0 first, so that none below the one in question is.
    for (int stream = 0; stream <= 2; stream++) {
        if (fcntl(stream, F_GETFD) >= 0) continue;
        if (open("/dev/null", O_RDWR) < 0) return -1;
    }
    return 0;
}

int linnet_lock_exclusive(int descriptor) { return flock(descriptor, LOCK_EX); }

int linnet_lock_exclusive_at_once(int descriptor) { return flock(descriptor, LOCK_EX | LOCK_NB); }

void linnet_log_warning(const char *text) {
    openlog(NULL, LOG_PID, LOG_DAEMON);
    syslog(LOG_WARNING, "%s", text);
}

int linnet_epoll_open(void) { return epoll_create1(EPOLL_CLOEXEC); }

int linnet_epoll_control(int epoll, int operation, int descriptor, int for_writing) {
    struct epoll_event event = {
        .events = EPOLLIN | EPOLLRDHUP | EPOLLET | (for_writing ? EPOLLOUT : 0),
        .data.fd = descriptor,
    };
    int kernel_operation = operation == LINNET_EPOLL_ADD      ? EPOLL_CTL_ADD
                           : operation == LINNET_EPOLL_MODIFY ? EPOLL_CTL_MOD
                                                              : EPOLL_CTL_DEL;
    return epoll_ctl(epoll, kernel_operation, descriptor, &event);
}

int linnet_epoll_wait(int epoll, int *ready, int capacity, int milliseconds) {
    struct epoll_event events[64];
    int count = epoll_wait(epoll, events, capacity < 64 ? capacity : 64, milliseconds);
    for (int index = 0; index < count; index++) ready[index] = events[index].data.fd;
    return count;
}

int linnet_inotify_open(void) { return inotify_init1(IN_CLOEXEC | IN_NONBLOCK); }

int linnet_inotify_watch(int inotify, const char *directory) {
    return inotify_add_watch(
        inotify, directory,
        IN_CREATE | IN_CLOSE_WRITE | IN_MOVED_FROM | IN_MOVED_TO | IN_DELETE | IN_DELETE_SELF | IN_MOVE_SELF
            | IN_ATTRIB | IN_ONLYDIR);
}

int linnet_inotify_watch_writes(int inotify, int descriptor) {
    char path[32];
    snprintf(path, sizeof path, "/proc/self/fd/%d", descriptor);
    return inotify_add_watch(inotify, path, IN_MODIFY);
}

int linnet_inotify_unwatch(int inotify, int watch) { return inotify_rm_watch(inotify, watch); }

int linnet_inotify_read(int inotify, struct linnet_watch_event *events, int capacity) {
    // The smallest event has no name, so `capacity` of them bounds how many one read can return.
    _Alignas(struct inotify_event) char buffer[4096];
    size_t limit = (size_t)capacity * sizeof(struct inotify_event);
    if (limit > sizeof buffer) limit = sizeof buffer;
    // A named event needs up to 16 + 256 bytes; the kernel answers EINVAL when the first does not fit.
    if (limit < 512) {
        errno = EINVAL;
        return -1;
    }
    ssize_t length = read(inotify, buffer, limit);
    if (length < 0) return errno == EAGAIN ? 0 : -1;
    int count = 0;
    for (ssize_t offset = 0; offset < length;) {
        const struct inotify_event *event = (const struct inotify_event *)(buffer + offset);
        events[count].watch = event->mask & IN_Q_OVERFLOW ? -1 : event->wd;
        events[count].ended = (event->mask & (IN_IGNORED | IN_DELETE_SELF | IN_MOVE_SELF)) != 0;
        count++;
        offset += (ssize_t)(sizeof *event + event->len);
    }
    return count;
}

int linnet_unix_socket(int datagram, int nonblocking) {
    int type = (datagram ? SOCK_DGRAM : SOCK_STREAM) | SOCK_CLOEXEC | (nonblocking ? SOCK_NONBLOCK : 0);
    return socket(AF_UNIX, type, 0);
}

// Fills `address` and returns its length, or 0 with errno if the name does not fit.
static socklen_t unix_address(struct sockaddr_un *address, const char *name, size_t length, int abstract) {
    // One byte is for the NUL before an abstract name or after a path.
    if (length + 1 > sizeof address->sun_path) {
        errno = ENAMETOOLONG;
        return 0;
    }
    memset(address, 0, sizeof *address);
    address->sun_family = AF_UNIX;
    memcpy(address->sun_path + (abstract ? 1 : 0), name, length);
    return (socklen_t)(offsetof(struct sockaddr_un, sun_path) + length + 1);
}

int linnet_unix_bind(int descriptor, const char *name, size_t length, int abstract) {
    struct sockaddr_un address;
    socklen_t size = unix_address(&address, name, length, abstract);
    return size == 0 ? -1 : bind(descriptor, (struct sockaddr *)&address, size);
}

int linnet_unix_connect(int descriptor, const char *name, size_t length, int abstract) {
    struct sockaddr_un address;
    socklen_t size = unix_address(&address, name, length, abstract);
    return size == 0 ? -1 : connect(descriptor, (struct sockaddr *)&address, size);
}

int linnet_unix_accept(int descriptor) { return accept4(descriptor, NULL, NULL, SOCK_CLOEXEC); }

int linnet_set_timeouts(int descriptor, int64_t milliseconds) {
    struct timeval limit = {.tv_sec = milliseconds / 1000, .tv_usec = milliseconds % 1000 * 1000};
    if (setsockopt(descriptor, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof limit) < 0) return -1;
    return setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
}

int linnet_fork_detached(void) {
    int nowhere = open("/dev/null", O_RDWR | O_CLOEXEC);
    if (nowhere < 0) return -1;
    pid_t child = fork();
    if (child == 0) {
        setsid();
        for (int stream = 0; stream <= 2; stream++) dup2(nowhere, stream);
    }
    int number = errno;
    close(nowhere);
    errno = number;
    return (int)child;
}
