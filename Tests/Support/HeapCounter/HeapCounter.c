// Stands in front of the C library's heap, whose own functions do the work, and counts what each thread asks for. Swift's
// objects come from there too. The program's functions take the place of the library's in every library that it loads.

#include "HeapCounter.h"

#include <errno.h>
#include <stddef.h>
#include <stdlib.h>

extern void *__libc_malloc(size_t);
extern void *__libc_calloc(size_t, size_t);
extern void *__libc_realloc(void *, size_t);
extern void *__libc_memalign(size_t, size_t);

static _Thread_local uint64_t requests;

uint64_t heap_counter_requests(void) { return requests; }

void *malloc(size_t size) {
    requests += 1;
    return __libc_malloc(size);
}

void *calloc(size_t number, size_t size) {
    requests += 1;
    return __libc_calloc(number, size);
}

void *realloc(void *former, size_t size) {
    requests += 1;
    return __libc_realloc(former, size);
}

void *aligned_alloc(size_t alignment, size_t size) {
    requests += 1;
    return __libc_memalign(alignment, size);
}

int posix_memalign(void **result, size_t alignment, size_t size) {
    requests += 1;
    *result = __libc_memalign(alignment, size);
    return *result == NULL ? ENOMEM : 0;
}
