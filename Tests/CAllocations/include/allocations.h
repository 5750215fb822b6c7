#ifndef MIGSCOPE_ALLOCATIONS_H
#define MIGSCOPE_ALLOCATIONS_H

/// How often this thread has asked for memory so far.
unsigned long allocations_count(void);

/// Bytes that this thread has asked for and not given back.
long allocations_live_bytes(void);

#endif
