// Linux calls that Swift cannot import: those behind _GNU_SOURCE, macros, variadics, unions and packed structures.
// Every function returns what the call returns (-1 with errno on failure) unless it says otherwise.
#pragma once

#include <stddef.h>
#include <stdint.h>

#include <netinet/in.h>
#include <net/if.h>
#include <semaphore.h>
#include <sys/types.h>

// Errors.

/// "ENOENT", or NULL for a number that the C library does not know.
const char *linnet_errno_name(int number);
/// "No such file or directory", or NULL; never translated.
const char *linnet_errno_description(int number);

// Namespaces and threads.

/// Moves the calling thread into the network namespace that `descriptor` refers to.
int linnet_enter_network_namespace(int descriptor);
/// Gives the calling thread a network namespace of its own.
int linnet_unshare_network_namespace(void);
/// Names the calling thread; at most 15 bytes are kept.
void linnet_name_thread(const char *name);
/// The kernel's number of the calling thread.
int linnet_thread_id(void);

/// Waits for the semaphore, but no longer than this by a clock that nobody sets; -1 with errno ETIMEDOUT.
int linnet_semaphore_wait(sem_t *semaphore, int64_t milliseconds);

// Files.

/// Opens /dev/null on those of the descriptors 0 to 2 that are closed.
int linnet_open_standard_streams(void);
/// Waits for an exclusive flock(2).
int linnet_lock_exclusive(int descriptor);
/// The same without waiting: EAGAIN if somebody has the lock.
int linnet_lock_exclusive_at_once(int descriptor);

// The system log.

/// Sends a warning to syslog(3) under the program's name; nothing happens where nobody listens.
void linnet_log_warning(const char *text);

// epoll, edge-triggered.

enum { LINNET_EPOLL_ADD = 1, LINNET_EPOLL_MODIFY = 2, LINNET_EPOLL_REMOVE = 3 };

int linnet_epoll_open(void);
int linnet_epoll_control(int epoll, int operation, int descriptor, int for_writing);
/// Waits for so long, without limit if it is negative; writes the ready descriptors and returns their number.
int linnet_epoll_wait(int epoll, int *ready, int capacity, int milliseconds);

// inotify.

struct linnet_watch_event {
    /// Which watch the event belongs to; -1 if the queue overflowed.
    int watch;
    /// Whether the watch ended, because what it watched went away.
    int ended;
};

int linnet_inotify_open(void);
/// Watches a directory for entries that are created, written, moved or deleted.
int linnet_inotify_watch(int inotify, const char *directory);
/// Watches what an open descriptor refers to, such as a kernel setting, for writes.
int linnet_inotify_watch_writes(int inotify, int descriptor);
int linnet_inotify_unwatch(int inotify, int watch);
/// Reads some events without waiting and returns their number: 0 when there is none.
int linnet_inotify_read(int inotify, struct linnet_watch_event *events, int capacity);

// Unix sockets. `abstract` puts the name into the abstract namespace, which belongs to the network namespace.

int linnet_unix_socket(int datagram, int nonblocking);
int linnet_unix_bind(int descriptor, const char *name, size_t length, int abstract);
int linnet_unix_connect(int descriptor, const char *name, size_t length, int abstract);
int linnet_unix_accept(int descriptor);
/// Limits how long one send or receive may wait.
int linnet_set_timeouts(int descriptor, int64_t milliseconds);

// Servers of datagrams: many are received and answered with one call each.

enum {
    /// How many are received at once.
    LINNET_DATAGRAMS = 64,
    /// The longest that is taken.
    LINNET_QUERY_SIZE = 4096,
    /// Room for each reply.
    LINNET_REPLY_SIZE = 1232,
};

/// An address and port in host byte order, IPv4 addresses as IPv4-mapped ones (RFC 4291 section 2.5.5.2).
struct linnet_peer {
    /// The first eight octets of the address.
    uint64_t high;
    /// The last eight.
    uint64_t low;
    uint16_t port;
    /// The link that a link-local IPv6 address belongs to, 0 for others.
    uint32_t scope;
};

/// Opens a socket that serves one address and port, of a stream or of datagrams, without waiting. Several sockets may serve
/// the same ones and share what comes (SO_REUSEPORT). The address need not be on the host yet.
int linnet_server_socket(int family, int is_stream, const uint8_t *address, uint16_t port);

/// Makes a socket of an earlier process what linnet_server_socket opens; fails with EINVAL if it is bound elsewhere or of
/// another kind.
int linnet_server_socket_adopt(int socket, int family, int is_stream, const uint8_t *address, uint16_t port);

/// A batch of datagrams and the room for their replies.
struct linnet_datagrams;

/// NULL if there is no memory.
struct linnet_datagrams *linnet_datagrams_create(void);
void linnet_datagrams_destroy(struct linnet_datagrams *batch);
/// Receives without waiting and returns how many: 0 when there is none.
int linnet_datagrams_receive(struct linnet_datagrams *batch, int socket);
/// One that was received, and who sent it. NULL if it cannot be answered: it was too long, or came from port 0.
const uint8_t *linnet_datagrams_query(
    const struct linnet_datagrams *batch, int index, size_t *length, struct linnet_peer *from);
uint8_t *linnet_datagrams_reply(struct linnet_datagrams *batch, int index);
/// A length of 0, as each has after receiving, is no reply.
void linnet_datagrams_set_reply(struct linnet_datagrams *batch, int index, size_t length);
/// Sends the replies to the first `count` without waiting. Returns how many could not be sent.
int linnet_datagrams_send(struct linnet_datagrams *batch, int socket, int count);

/// Sends one datagram without waiting.
ssize_t linnet_datagram_send(int socket, struct linnet_peer to, const uint8_t *bytes, size_t length);
/// Opens a socket from any port to an address, without waiting until a stream is connected.
int linnet_client_socket(int is_stream, struct linnet_peer to);
/// Takes one stream from a server, and writes who it is from.
int linnet_stream_accept(int server, struct linnet_peer *from);
/// A descriptor that each `linnet_event_signal` makes readable anew, which edge-triggered polling tells each time: it need
/// not be read.
int linnet_event_open(void);
int linnet_event_signal(int event);

// Streams that are watched for reading and writing at once, edge-triggered, each under a number of the caller's.

enum {
    /// How many events are told at once.
    LINNET_STREAM_EVENTS = 256,
};

struct linnet_stream_event {
    uint64_t tag;
    /// Whether there may be something to read: octets, the end, or an error.
    uint8_t is_readable;
    /// Whether more may be written, or a connection came about or failed.
    uint8_t is_writable;
    /// Whether the peer ended its side, or the stream broke: reading until nothing is left shows which.
    uint8_t has_ended;
};

int linnet_stream_watch(int epoll, int descriptor, uint64_t tag);
/// Waits for so long, without limit if it is negative; writes what is ready and returns how many.
int linnet_stream_wait(int epoll, struct linnet_stream_event *ready, int capacity, int milliseconds);
/// Has the kernel break off, with ETIMEDOUT, after 90 seconds in which a peer acknowledged nothing of what was sent to it,
/// took nothing of what waits for it, or, where nothing waits, answered no probes. Streams have it from their server.
int linnet_stream_keep_alive(int socket);
/// How many octets were sent that the peer's kernel has not acknowledged; 0 if that is not known.
int linnet_stream_unacknowledged(int socket);
/// Whether octets are on their way to the peer, whose kernel has acknowledged something within so long.
int linnet_stream_is_moving(int socket, unsigned milliseconds);
/// Takes the error that waits on a socket: its number, 0 if there is none.
int linnet_stream_error(int socket);
/// Has the peer see a reset when the socket is closed, not an end.
int linnet_stream_set_reset(int socket);

// Memory.

/// Has the allocator give back what is freed: blocks of at least so many bytes at once, and so many free ones at the end of
/// the heap. Left to itself it keeps up to twice the largest block that was ever freed.
void linnet_return_freed_memory(size_t bytes);

/// Gives back all pages that no block lies in, of all heaps.
void linnet_compact_memory(void);

// Processes.

/// Forks. The child has a session of its own and /dev/null for its standard streams, so that nobody waits for it.
/// Returns the child's id, 0 in the child. Only for a process with one thread.
int linnet_fork_detached(void);

// Crashes.

#define LINNET_CRASH_MAGIC "LNCRASH1"

/// One thread that was ended by a signal of the kind that programs bring on themselves, as it lies on disk.
struct linnet_crash_record {
    uint8_t magic[8];
    /// Of the boot in which it happened.
    uint8_t boot_id[16];
    /// The thread's name, NUL-terminated.
    char thread[16];
    /// Nanoseconds since 1970.
    int64_t wall_time;
    /// Nanoseconds by CLOCK_BOOTTIME.
    int64_t since_boot;
    int32_t signal;
    int32_t process;
    /// The process that sent the signal, if one did.
    int32_t sender;
    /// 1 if a process sent the signal (kill(2), abort(3)), 0 if the thread itself trapped.
    uint8_t is_sent;
    /// 1 once a later start has logged it.
    uint8_t is_reported;
    /// 1 if the program was still starting.
    uint8_t is_at_start;
    uint8_t unused;
    uint64_t checksum;
};

/// Fills in magic and checksum.
void linnet_crash_record_seal(struct linnet_crash_record *record);
/// Whether magic and checksum are right.
int linnet_crash_record_is_intact(const struct linnet_crash_record *record);
/// From now on every thread that traps is recorded in the file before the process ends as it would have ended anyway.
/// The descriptor has to be open for appending, and is taken over also if this fails. Called again, another file takes
/// the place of the one before.
int linnet_record_crashes(int descriptor, const uint8_t boot_id[16]);
/// Whether the crashes from now on are recorded as those of a program that is still starting.
void linnet_crashes_are_at_start(int are);
/// Gives the calling thread a stack of its own for signal handlers, so that an overflow of its stack is recorded too.
/// Returns what `linnet_signal_stack_remove` takes before the thread ends, or NULL.
void *linnet_signal_stack_install(void);
void linnet_signal_stack_remove(void *memory);
