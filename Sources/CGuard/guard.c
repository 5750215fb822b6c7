#define _GNU_SOURCE
#include "guard.h"

#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdint.h>
#include <sys/mman.h>
#include <unistd.h>

enum { SLOT_COUNT = 64 };

struct slot {
    _Atomic uintptr_t base;
    _Atomic size_t length;
    _Atomic unsigned long lost;
    // A bit for each page of the range.
    _Atomic(_Atomic uint8_t *) lost_pages;
};

static struct slot slots[SLOT_COUNT];
static struct sigaction previous;
static pthread_once_t installed = PTHREAD_ONCE_INIT;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static uintptr_t page_size;

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
    for (int i = 0; i < SLOT_COUNT; i++) {
        uintptr_t base = atomic_load(&slots[i].base);
        size_t length = atomic_load(&slots[i].length);
        if (base == 0 || address < base || address - base >= length) continue;
        void *page = (void *)(address & ~(page_size - 1));
        void *mapped = mmap(page, page_size, PROT_READ,
                            MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0);
        if (mapped == MAP_FAILED) break;
        size_t number = (address - base) / page_size;
        _Atomic uint8_t *bits = atomic_load(&slots[i].lost_pages);
        if (bits) atomic_fetch_or(&bits[number / 8], (uint8_t)(1u << number % 8));
        atomic_fetch_add(&slots[i].lost, 1);
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

int migscope_guard_add(const void *base, size_t length) {
    pthread_once(&installed, install);
    int found = -1;
    pthread_mutex_lock(&lock);
    for (int i = 0; i < SLOT_COUNT && found < 0; i++) {
        if (atomic_load(&slots[i].base) != 0) continue;
        atomic_store(&slots[i].lost, 0);
        // Costs memory only where a page is lost.
        void *bits = mmap(NULL, bitmap_size(length), PROT_READ | PROT_WRITE,
                          MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
        atomic_store(&slots[i].lost_pages, bits == MAP_FAILED ? NULL : bits);
        atomic_store(&slots[i].length, length);
        atomic_store(&slots[i].base, (uintptr_t)base);
        found = i;
    }
    pthread_mutex_unlock(&lock);
    return found;
}

void migscope_guard_remove(int slot) {
    if (slot < 0 || slot >= SLOT_COUNT) return;
    pthread_mutex_lock(&lock);
    atomic_store(&slots[slot].base, 0);
    void *bits = (void *)atomic_exchange(&slots[slot].lost_pages, NULL);
    if (bits) munmap(bits, bitmap_size(atomic_load(&slots[slot].length)));
    pthread_mutex_unlock(&lock);
}

unsigned long migscope_guard_lost_pages(int slot) {
    if (slot < 0 || slot >= SLOT_COUNT) return 0;
    return atomic_load(&slots[slot].lost);
}

bool migscope_guard_is_lost(int slot, size_t offset, size_t length) {
    if (slot < 0 || slot >= SLOT_COUNT || length == 0) return false;
    if (atomic_load(&slots[slot].lost) == 0) return false;
    _Atomic uint8_t *bits = atomic_load(&slots[slot].lost_pages);
    if (!bits || offset >= atomic_load(&slots[slot].length)) return false;
    size_t last = (offset + length - 1) / page_size;
    for (size_t page = offset / page_size; page <= last;) {
        uint8_t byte = atomic_load(&bits[page / 8]);
        if (byte >> page % 8 & 1) return true;
        // Whole bytes without a bit are passed at once.
        page = byte == 0 ? (page / 8 + 1) * 8 : page + 1;
    }
    return false;
}
