#include "CLinux.h"

#include <endian.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <netinet/udp.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

// Older headers do not have it (linux/udp.h).
#ifndef UDP_SEGMENT
#define UDP_SEGMENT 103
#endif

// The kernel takes 64 segments in one message (UDP_MAX_SEGMENTS), and no longer message than a datagram can be.
enum { SEGMENTS = 64, MESSAGE_SIZE = 65000 };

union address {
    struct sockaddr any;
    struct sockaddr_in v4;
    struct sockaddr_in6 v6;
};

union segment_option {
    struct cmsghdr header;
    char space[CMSG_SPACE(sizeof(uint16_t))];
};

// Replies that go out as one message.
struct group {
    // The number of the first one.
    int first;
    int replies;
    size_t length;
};

struct linnet_datagrams {
    // What is received, in order.
    struct mmsghdr received[LINNET_DATAGRAMS];
    struct iovec received_parts[LINNET_DATAGRAMS];
    union address senders[LINNET_DATAGRAMS];

    // What is sent: replies of the same size to the same sender go out as one message, whose parts follow each other.
    struct mmsghdr sent[LINNET_DATAGRAMS];
    struct iovec sent_parts[LINNET_DATAGRAMS];
    union segment_option options[LINNET_DATAGRAMS];
    size_t reply_lengths[LINNET_DATAGRAMS];
    // How many were received last.
    int filled;
    // Whether this kernel and the way to the senders take several replies in one message.
    int is_grouping;

    uint8_t queries[LINNET_DATAGRAMS][LINNET_QUERY_SIZE];
    uint8_t replies[LINNET_DATAGRAMS][LINNET_REPLY_SIZE];
};

static socklen_t fill(union address *to, int family, const uint8_t *address, uint16_t port) {
    memset(to, 0, sizeof *to);
    if (family == AF_INET) {
        to->v4.sin_family = AF_INET;
        to->v4.sin_port = htons(port);
        memcpy(&to->v4.sin_addr, address, 4);
        return sizeof to->v4;
    }
    to->v6.sin6_family = AF_INET6;
    to->v6.sin6_port = htons(port);
    memcpy(&to->v6.sin6_addr, address, 16);
    return sizeof to->v6;
}

// Packets leave at once: otherwise a reply waits until the one before it is acknowledged, and that may take 40 ms. Streams
// have it from their server.
static int set_no_delay(int socket) {
    int yes = 1;
    return setsockopt(socket, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
}

// What a server's socket is set to, whoever opened it.
static int set_server_options(int socket, int family, int is_stream) {
    int yes = 1;
    int failed = setsockopt(socket, SOL_SOCKET, SO_REUSEPORT, &yes, sizeof yes)
        || (is_stream && setsockopt(socket, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes))
        // The address may come to the host later, or go and come back.
        || (family == AF_INET6 ? setsockopt(socket, IPPROTO_IPV6, IPV6_FREEBIND, &yes, sizeof yes)
                               : setsockopt(socket, IPPROTO_IP, IP_FREEBIND, &yes, sizeof yes))
        || (is_stream && set_no_delay(socket));
    if (failed) return -1;
    if (!is_stream) {
        // Room for a burst while the thread does something else; what is not granted is no reason to fail.
        int size = 4 << 20;
        if (setsockopt(socket, SOL_SOCKET, SO_RCVBUFFORCE, &size, sizeof size))
            setsockopt(socket, SOL_SOCKET, SO_RCVBUF, &size, sizeof size);
        if (setsockopt(socket, SOL_SOCKET, SO_SNDBUFFORCE, &size, sizeof size))
            setsockopt(socket, SOL_SOCKET, SO_SNDBUF, &size, sizeof size);
    }
    return 0;
}

int linnet_server_socket(int family, int is_stream, const uint8_t *address, uint16_t port) {
    union address own;
    socklen_t length = fill(&own, family, address, port);
    int type = is_stream ? SOCK_STREAM : SOCK_DGRAM;
    int result = socket(family, type | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (result < 0) return -1;
    int yes = 1;
    int failed = (family == AF_INET6 && setsockopt(result, IPPROTO_IPV6, IPV6_V6ONLY, &yes, sizeof yes))
        || set_server_options(result, family, is_stream)
        || bind(result, &own.any, length)
        || (is_stream && listen(result, 1024));
    if (failed) {
        int error = errno;
        close(result);
        errno = error;
        return -1;
    }
    return result;
}

int linnet_server_socket_adopt(int socket, int family, int is_stream, const uint8_t *address, uint16_t port) {
    union address wanted, own;
    socklen_t length = fill(&wanted, family, address, port), size = sizeof own;
    memset(&own, 0, sizeof own);
    if (getsockname(socket, &own.any, &size)) return -1;
    int type, is_listening;
    socklen_t type_size = sizeof type, listening_size = sizeof is_listening;
    if (getsockopt(socket, SOL_SOCKET, SO_TYPE, &type, &type_size)
        || getsockopt(socket, SOL_SOCKET, SO_ACCEPTCONN, &is_listening, &listening_size))
        return -1;
    if (size != length || memcmp(&own, &wanted, length) || type != (is_stream ? SOCK_STREAM : SOCK_DGRAM)
        || is_listening != is_stream) {
        errno = EINVAL;
        return -1;
    }
    int flags = fcntl(socket, F_GETFL);
    if (flags < 0 || fcntl(socket, F_SETFL, flags | O_NONBLOCK)) return -1;
    return set_server_options(socket, family, is_stream);
}

struct linnet_datagrams *linnet_datagrams_create(void) {
    struct linnet_datagrams *batch = calloc(1, sizeof *batch);
    if (!batch) return NULL;
    batch->is_grouping = 1;
    for (int i = 0; i < LINNET_DATAGRAMS; i++) {
        batch->received_parts[i].iov_base = batch->queries[i];
        batch->received_parts[i].iov_len = LINNET_QUERY_SIZE;
        struct msghdr *header = &batch->received[i].msg_hdr;
        header->msg_name = &batch->senders[i];
        header->msg_namelen = sizeof batch->senders[i];
        header->msg_iov = &batch->received_parts[i];
        header->msg_iovlen = 1;
    }
    return batch;
}

void linnet_datagrams_destroy(struct linnet_datagrams *batch) { free(batch); }

int linnet_datagrams_receive(struct linnet_datagrams *batch, int socket) {
    // The kernel wrote the lengths of the last batch over those.
    for (int i = 0; i < batch->filled; i++) batch->received[i].msg_hdr.msg_namelen = sizeof batch->senders[i];
    int count = recvmmsg(socket, batch->received, LINNET_DATAGRAMS, MSG_DONTWAIT, NULL);
    if (count < 0) {
        batch->filled = 0;
        return errno == EAGAIN ? 0 : -1;
    }
    batch->filled = count;
    memset(batch->reply_lengths, 0, count * sizeof batch->reply_lengths[0]);
    return count;
}

static struct linnet_peer peer_of(const union address *address) {
    struct linnet_peer peer;
    if (address->any.sa_family == AF_INET) {
        peer.high = 0;
        peer.low = 0xffffull << 32 | ntohl(address->v4.sin_addr.s_addr);
        peer.port = ntohs(address->v4.sin_port);
        peer.scope = 0;
        return peer;
    }
    uint64_t halves[2];
    memcpy(halves, &address->v6.sin6_addr, sizeof halves);
    peer.high = be64toh(halves[0]);
    peer.low = be64toh(halves[1]);
    peer.port = ntohs(address->v6.sin6_port);
    peer.scope = address->v6.sin6_scope_id;
    return peer;
}

const uint8_t *linnet_datagrams_query(
    const struct linnet_datagrams *batch, int index, size_t *length, struct linnet_peer *from) {
    *from = peer_of(&batch->senders[index]);
    *length = batch->received[index].msg_len;
    // One that was cut has lost its end, and nothing can be sent to port 0.
    int is_cut = batch->received[index].msg_hdr.msg_flags & MSG_TRUNC;
    return is_cut || from->port == 0 ? NULL : batch->queries[index];
}

uint8_t *linnet_datagrams_reply(struct linnet_datagrams *batch, int index) { return batch->replies[index]; }

void linnet_datagrams_set_reply(struct linnet_datagrams *batch, int index, size_t length) {
    batch->reply_lengths[index] = length;
}

static int is_same_sender(const union address *one, const union address *other) {
    if (one->any.sa_family != other->any.sa_family) return 0;
    if (one->any.sa_family == AF_INET)
        return one->v4.sin_addr.s_addr == other->v4.sin_addr.s_addr && one->v4.sin_port == other->v4.sin_port;
    return one->v6.sin6_port == other->v6.sin6_port && one->v6.sin6_scope_id == other->v6.sin6_scope_id
        && memcmp(&one->v6.sin6_addr, &other->v6.sin6_addr, 16) == 0;
}

static void begin_message(struct linnet_datagrams *batch, int message, int part, int reply) {
    struct msghdr *header = &batch->sent[message].msg_hdr;
    memset(header, 0, sizeof *header);
    header->msg_name = &batch->senders[reply];
    header->msg_namelen = batch->senders[reply].any.sa_family == AF_INET ? sizeof(struct sockaddr_in)
                                                                       : sizeof(struct sockaddr_in6);
    header->msg_iov = &batch->sent_parts[part];
}

static void set_segment_size(struct linnet_datagrams *batch, int message) {
    struct msghdr *header = &batch->sent[message].msg_hdr;
    union segment_option *option = &batch->options[message];
    header->msg_control = option;
    header->msg_controllen = sizeof option->space;
    option->header.cmsg_level = SOL_UDP;
    option->header.cmsg_type = UDP_SEGMENT;
    option->header.cmsg_len = CMSG_LEN(sizeof(uint16_t));
    uint16_t size = header->msg_iov[0].iov_len;
    memcpy(CMSG_DATA(&option->header), &size, sizeof size);
}

// The message that a reply of this length to the sender of this reply belongs to, among those begun; -1 if to none.
static int message_for(const struct linnet_datagrams *batch, const struct group *groups, int messages, int reply) {
    size_t length = batch->reply_lengths[reply];
    for (int i = messages - 1; i >= 0; i--) {
        const struct group *group = &groups[i];
        if (group->length == length && group->replies < SEGMENTS && (group->replies + 1) * length <= MESSAGE_SIZE
            && is_same_sender(&batch->senders[group->first], &batch->senders[reply]))
            return i;
    }
    return -1;
}

// Makes messages of the first `count` replies: those of one sender and one length go out as one, whatever lies between
// them, since all segments of a message have the same size.
static int make_messages(struct linnet_datagrams *batch, int count) {
    struct group groups[LINNET_DATAGRAMS];
    int message_of[LINNET_DATAGRAMS];
    int messages = 0, parts = 0;
    for (int i = 0; i < count; i++) {
        message_of[i] = -1;
        if (batch->reply_lengths[i] == 0) continue;
        int message = batch->is_grouping ? message_for(batch, groups, messages, i) : -1;
        if (message < 0) {
            message = messages++;
            groups[message] = (struct group){.first = i, .length = batch->reply_lengths[i]};
        }
        groups[message].replies++;
        message_of[i] = message;
    }
    for (int i = 0; i < messages; i++) {
        begin_message(batch, i, parts, groups[i].first);
        parts += groups[i].replies;
    }
    for (int i = 0; i < count; i++) {
        if (message_of[i] < 0) continue;
        struct msghdr *header = &batch->sent[message_of[i]].msg_hdr;
        header->msg_iov[header->msg_iovlen++] =
            (struct iovec){.iov_base = batch->replies[i], .iov_len = batch->reply_lengths[i]};
    }
    for (int i = 0; i < messages; i++)
        if (groups[i].replies > 1) set_segment_size(batch, i);
    return messages;
}

// Sends what is in one message as a message each. Returns how many could not be sent.
static int send_singly(int socket, const struct msghdr *group) {
    int lost = 0;
    for (size_t i = 0; i < group->msg_iovlen; i++) {
        struct msghdr one = *group;
        one.msg_iov = &group->msg_iov[i];
        one.msg_iovlen = 1;
        one.msg_control = NULL;
        one.msg_controllen = 0;
        ssize_t sent;
        do sent = sendmsg(socket, &one, MSG_DONTWAIT | MSG_NOSIGNAL);
        while (sent < 0 && errno == EINTR);
        if (sent < 0) lost++;
    }
    return lost;
}

int linnet_datagrams_send(struct linnet_datagrams *batch, int socket, int count) {
    int messages = make_messages(batch, count), lost = 0;
    for (int next = 0; next < messages;) {
        int sent = sendmmsg(socket, &batch->sent[next], messages - next, MSG_DONTWAIT | MSG_NOSIGNAL);
        if (sent > 0) {
            next += sent;
            continue;
        }
        if (sent < 0 && errno == EINTR) continue;
        struct msghdr *refused = &batch->sent[next].msg_hdr;
        if (refused->msg_control) {
            // EIO is a device that cannot fill in checksums: it costs less not to try again than to be refused each time.
            // EINVAL and EMSGSIZE are the way to this sender, whose packets are shorter than a segment; what else there
            // is, such as a firewall's EPERM, is none of the grouping.
            if (errno == EIO) batch->is_grouping = 0;
            lost += send_singly(socket, refused);
        } else {
            lost++;
        }
        next++;
    }
    return lost;
}

// Returns the length.
static socklen_t address_of(struct linnet_peer peer, union address *address) {
    if (peer.high == 0 && peer.low >> 32 == 0xffff) {
        uint32_t octets = htonl((uint32_t)peer.low);
        return fill(address, AF_INET, (const uint8_t *)&octets, peer.port);
    }
    uint64_t octets[2] = {htobe64(peer.high), htobe64(peer.low)};
    socklen_t length = fill(address, AF_INET6, (const uint8_t *)octets, peer.port);
    address->v6.sin6_scope_id = peer.scope;
    return length;
}

ssize_t linnet_datagram_send(int socket, struct linnet_peer to, const uint8_t *bytes, size_t length) {
    union address address;
    socklen_t size = address_of(to, &address);
    return sendto(socket, bytes, length, MSG_DONTWAIT | MSG_NOSIGNAL, &address.any, size);
}

int linnet_client_socket(int is_stream, struct linnet_peer to) {
    union address address;
    socklen_t size = address_of(to, &address);
    int type = is_stream ? SOCK_STREAM : SOCK_DGRAM;
    int result = socket(address.any.sa_family, type | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (result < 0) return -1;
    int failed = is_stream && set_no_delay(result);
    if (!failed && (connect(result, &address.any, size) == 0 || errno == EINPROGRESS)) return result;
    int error = errno;
    close(result);
    errno = error;
    return -1;
}

int linnet_stream_accept(int server, struct linnet_peer *from) {
    union address address;
    socklen_t size = sizeof address;
    int result = accept4(server, &address.any, &size, SOCK_CLOEXEC | SOCK_NONBLOCK);
    if (result >= 0) *from = peer_of(&address);
    return result;
}

int linnet_event_open(void) { return eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK); }

int linnet_event_signal(int event) { return eventfd_write(event, 1); }
