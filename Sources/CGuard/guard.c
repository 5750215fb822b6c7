#define _GNU_SOURCE
#include "guard.h"

#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

// As many mappings as the kernel lets a process have: none is left without a guard.
enum { SLOTS_OF_CHUNK = 64, CHUNK_COUNT = 1024, SLOT_COUNT = SLOTS_OF_CHUNK * CHUNK_COUNT };

struct slot {
    _Atomic uintptr_t base;
    _Atomic size_t length;
    _Atomic unsigned long lost;
    // A bit for each page of the range.
    _Atomic(_Atomic uint8_t *) lost_pages;
};

// Made when they are needed, in order, and never given back: the handler may be looking.
static _Atomic(struct slot *) chunks[CHUNK_COUNT];
static struct sigaction previous;
static pthread_once_t installed = PTHREAD_ONCE_INIT;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static uintptr_t page_size;

// The slot of a number; NULL after the last that was made.
static struct slot *slot_at(int number) {
    if (number < 0 || number >= SLOT_COUNT) return NULL;
    struct slot *chunk = atomic_load(&chunks[number / SLOTS_OF_CHUNK]);
    return chunk ? &chunk[number % SLOTS_OF_CHUNK] : NULL;
}

static void chain(int number, siginfo_t *info, void *context) {
    if (previous.sa_flags & SA_SIGINFO) {
        previous.sa_sigaction(number, info, context);
    } else if (previous.sa_handler != SIG_DFL && previous.sa_handler != SIG_IGN) {
        previous.sa_handler(number);
    } else {
        signal(number, SIG_DFL);
        raise(number);
    }
}

// Async-signal-safe: atomics and mmap only.
static void on_bus_error(int number, siginfo_t *info, void *context) {
    uintptr_t address = (uintptr_t)info->si_addr;
    struct slot *slot;
    for (int i = 0; (slot = slot_at(i)); i++) {
        uintptr_t base = atomic_load(&slot->base);
        size_t length = atomic_load(&slot->length);
        if (base == 0 || address < base || address - base >= length) continue;
        void *page = (void *)(address & ~(page_size - 1));
        void *mapped = mmap(page, page_size, PROT_READ,
                            MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0);
        if (mapped == MAP_FAILED) break;
        size_t number = (address - base) / page_size;
        _Atomic uint8_t *bits = atomic_load(&slot->lost_pages);
        if (bits) atomic_fetch_or(&bits[number / 8], (uint8_t)(1u << number % 8));
        atomic_fetch_add(&slot->lost, 1);
        return;
    }
    chain(number, info, context);
}

static size_t bitmap_size(size_t length) { return length / page_size / 8 + 1; }

static void install(void) {
    page_size = (uintptr_t)sysconf(_SC_PAGESIZE);
    struct sigaction action = {0};
    action.sa_sigaction = on_bus_error;
    action.sa_flags = SA_SIGINFO | SA_ONSTACK;
    sigemptyset(&action.sa_mask);
    sigaction(SIGBUS, &action, &previous);
}

// A slot that is free, made where there is none; NULL without memory. The lock is held.
static struct slot *free_slot(int *number) {
    for (int i = 0; i < SLOT_COUNT; i++) {
        struct slot *slot = slot_at(i);
        if (!slot) {
            slot = calloc(SLOTS_OF_CHUNK, sizeof *slot);
            if (!slot) return NULL;
            atomic_store(&chunks[i / SLOTS_OF_CHUNK], slot);
        }
        if (atomic_load(&slot->base) != 0) continue;
        *number = i;
        return slot;
    }
    return NULL;
}

int migscope_guard_add(const void *base, size_t length) {
    pthread_once(&installed, install);
    int found = -1;
    pthread_mutex_lock(&lock);
    struct slot *slot = free_slot(&found);
    if (slot) {
        atomic_store(&slot->lost, 0);
        // Costs memory only where a page is lost.
        void *bits = mmap(NULL, bitmap_size(length), PROT_READ | PROT_WRITE,
                          MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
        atomic_store(&slot->lost_pages, bits == MAP_FAILED ? NULL : bits);
        atomic_store(&slot->length, length);
        atomic_store(&slot->base, (uintptr_t)base);
    }
    pthread_mutex_unlock(&lock);
    return found;
}

void migscope_guard_remove(int number) {
    struct slot *slot = slot_at(number);
    if (!slot) return;
    pthread_mutex_lock(&lock);
    atomic_store(&slot->base, 0);
    void *bits = (void *)atomic_exchange(&slot->lost_pages, NULL);
    if (bits) munmap(bits, bitmap_size(atomic_load(&slot->length)));
    pthread_mutex_unlock(&lock);
}

unsigned long migscope_guard_lost_pages(int number) {
    struct slot *slot = slot_at(number);
    return slot ? atomic_load(&slot->lost) : 0;
}

bool migscope_guard_is_lost(int number, size_t offset, size_t length) {
    struct slot *slot = slot_at(number);
    if (!slot || length == 0) return false;
    if (atomic_load(&slot->lost) == 0) return false;
    _Atomic uint8_t *bits = atomic_load(&slot->lost_pages);
    if (!bits || offset >= atomic_load(&slot->length)) return false;
    size_t last = (offset + length - 1) / page_size;
    for (size_t page = offset / page_size; page <= last;) {
        uint8_t byte = atomic_load(&bits[page / 8]);
        if (byte >> page % 8 & 1) return true;
        // Whole bytes without a bit are passed at once.
        page = byte == 0 ? (page / 8 + 1) * 8 : page + 1;
    }
    return false;
}
