#include "CLinux.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

_Static_assert(sizeof(struct linnet_crash_record) == 80, "the record has no padding");

// Those that a thread brings on itself by what it does.
static const int crash_signals[] = {SIGILL, SIGTRAP, SIGSEGV, SIGBUS, SIGFPE, SIGABRT};
enum { CRASH_SIGNAL_COUNT = sizeof crash_signals / sizeof crash_signals[0] };

// Written before the handlers are installed, and only read by them.
static int crash_file = -1;
static uint8_t crash_boot_id[16];
static volatile sig_atomic_t crashes_are_at_start;
static struct sigaction earlier_actions[CRASH_SIGNAL_COUNT];

static int64_t nanoseconds(clockid_t clock) {
    struct timespec time;
    return clock_gettime(clock, &time) == 0 ? (int64_t)time.tv_sec * 1000000000 + time.tv_nsec : 0;
}

// FNV-1a over all but the checksum itself, which stands last.
static uint64_t checksum(const struct linnet_crash_record *record) {
    const uint8_t *bytes = (const uint8_t *)record;
    uint64_t sum = 0xcbf29ce484222325;
    for (size_t index = 0; index < offsetof(struct linnet_crash_record, checksum); index++) {
        sum = (sum ^ bytes[index]) * 0x100000001b3;
    }
    return sum;
}

void linnet_crash_record_seal(struct linnet_crash_record *record) {
    memcpy(record->magic, LINNET_CRASH_MAGIC, sizeof record->magic);
    record->checksum = checksum(record);
}

int linnet_crash_record_is_intact(const struct linnet_crash_record *record) {
    return memcmp(record->magic, LINNET_CRASH_MAGIC, sizeof record->magic) == 0 && record->checksum == checksum(record);
}

// Only calls what signal-safety(7) allows, or what is a bare system call.
static void record_crash(int signal, siginfo_t *info, void *context) {
    (void)context;
    int error = errno;
    struct linnet_crash_record record;
    memset(&record, 0, sizeof record);
    memcpy(record.boot_id, crash_boot_id, sizeof record.boot_id);
    prctl(PR_GET_NAME, record.thread);
    record.wall_time = nanoseconds(CLOCK_REALTIME);
    record.since_boot = nanoseconds(CLOCK_BOOTTIME);
    record.signal = signal;
    record.process = (int32_t)getpid();
    // The kernel's own codes are positive; only sent signals name a sender.
    record.is_sent = info->si_code <= 0;
    record.is_at_start = crashes_are_at_start != 0;
    record.sender = record.is_sent ? (int32_t)info->si_pid : 0;
    linnet_crash_record_seal(&record);
    // Appending makes one write one record. Nobody can be told that it failed.
    ssize_t written = write(crash_file, &record, sizeof record);
    (void)written;
    // Swift's action writes a backtrace and leaves it to the trap to happen again, which a signal of another process never
    // does: the process would go on. Nor would the backtrace say anything.
    int is_foreign = record.is_sent && record.sender != record.process;
    static const struct sigaction default_action = {.sa_handler = SIG_DFL};
    for (int index = 0; index < CRASH_SIGNAL_COUNT; index++) {
        if (crash_signals[index] != signal) continue;
        sigaction(signal, is_foreign ? &default_action : &earlier_actions[index], NULL);
    }
    // Blocked until this handler returns, and then delivered where the trap was, as if there had been no handler: the
    // exit status, the core dump and a backtrace of Swift's are what they would have been.
    syscall(SYS_rt_tgsigqueueinfo, getpid(), gettid(), signal, info);
    errno = error;
}

void linnet_crashes_are_at_start(int are) { crashes_are_at_start = are; }

int linnet_record_crashes(int descriptor, const uint8_t boot_id[16]) {
    // Room for records on a disk that is full by then; not every file system can.
    int allocated = fallocate(descriptor, FALLOC_FL_KEEP_SIZE, 0, 4096);
    (void)allocated;
    if (crash_file >= 0) {
        // The handlers stay: a second installation would take them for the earlier actions. This exchanges the file in
        // one step, whatever another thread does.
        int result = dup3(descriptor, crash_file, O_CLOEXEC);
        int error = errno;
        close(descriptor);
        errno = error;
        return result < 0 ? -1 : 0;
    }
    crash_file = descriptor;
    memcpy(crash_boot_id, boot_id, sizeof crash_boot_id);
    for (int index = 0; index < CRASH_SIGNAL_COUNT; index++) {
        struct sigaction action;
        memset(&action, 0, sizeof action);
        action.sa_sigaction = record_crash;
        action.sa_flags = SA_SIGINFO | SA_ONSTACK;
        sigemptyset(&action.sa_mask);
        // Read first: from the moment that ours is installed its handler may need the earlier one.
        if (sigaction(crash_signals[index], NULL, &earlier_actions[index]) < 0) return -1;
        if (sigaction(crash_signals[index], &action, NULL) < 0) return -1;
    }
    return 0;
}

enum { SIGNAL_STACK_SIZE = 64 * 1024 };

void *linnet_signal_stack_install(void) {
    // No memory is used before a handler runs on it.
    void *memory = mmap(NULL, SIGNAL_STACK_SIZE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (memory == MAP_FAILED) return NULL;
    stack_t stack = {.ss_sp = memory, .ss_size = SIGNAL_STACK_SIZE};
    if (sigaltstack(&stack, NULL) < 0) {
        munmap(memory, SIGNAL_STACK_SIZE);
        return NULL;
    }
    return memory;
}

void linnet_signal_stack_remove(void *memory) {
    if (memory == NULL) return;
    stack_t none = {.ss_flags = SS_DISABLE};
    if (sigaltstack(&none, NULL) == 0) munmap(memory, SIGNAL_STACK_SIZE);
}
