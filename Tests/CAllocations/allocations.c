// Stands before malloc and its kin in the test program, to count. glibc has the real ones under a second name.
#include "allocations.h"
#include <errno.h>
#include <malloc.h>
#include <stddef.h>

static _Thread_local unsigned long count;
static _Thread_local long live;

unsigned long allocations_count(void) { return count; }

long allocations_live_bytes(void) { return live; }

extern void *__libc_malloc(size_t size);
extern void *__libc_calloc(size_t number, size_t size);
extern void *__libc_realloc(void *old, size_t size);
extern void *__libc_memalign(size_t alignment, size_t size);
extern void __libc_free(void *memory);

static void *taken(void *memory) {
    count++;
    if (memory) live += (long)malloc_usable_size(memory);
    return memory;
}

void *malloc(size_t size) { return taken(__libc_malloc(size)); }

void *calloc(size_t number, size_t size) { return taken(__libc_calloc(number, size)); }

void *realloc(void *old, size_t size) {
    if (old) live -= (long)malloc_usable_size(old);
    return taken(__libc_realloc(old, size));
}

void *memalign(size_t alignment, size_t size) { return taken(__libc_memalign(alignment, size)); }

void *aligned_alloc(size_t alignment, size_t size) { return memalign(alignment, size); }

int posix_memalign(void **result, size_t alignment, size_t size) {
    void *memory = memalign(alignment, size);
    if (!memory) return ENOMEM;
    *result = memory;
    return 0;
}

void free(void *memory) {
    if (memory) live -= (long)malloc_usable_size(memory);
    __libc_free(memory);
}
