#pragma once
#include <stdint.h>

// How often this thread has asked the heap for memory so far. Linking this makes the whole program count.
uint64_t heap_counter_requests(void);
