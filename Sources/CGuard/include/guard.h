#ifndef MIGSCOPE_GUARD_H
#define MIGSCOPE_GUARD_H
#include <stddef.h>
#include <stdbool.h>

/// Watches [base, base + length): a SIGBUS inside it maps zero pages over the
/// lost page and counts it. Returns a slot >= 0, or -1 without memory for it.
int migscope_guard_add(const void *base, size_t length);

/// Stops watching. The slot may be reused afterwards.
void migscope_guard_remove(int slot);

/// How many pages of the slot were lost so far.
unsigned long migscope_guard_lost_pages(int slot);

/// Whether a page that [offset, offset + length) of the watched range touches was lost.
/// The bytes must be in the range. O(length / 32 KiB) at most, O(1) while nothing was lost.
bool migscope_guard_is_lost(int slot, size_t offset, size_t length);

#endif
