#ifndef MIGSCOPE_CREGEX_H
#define MIGSCOPE_CREGEX_H

#include <stdbool.h>
#include <stddef.h>

// RE2 for C: regular expressions whose search takes time linear in the text, whatever the expression is.

#ifdef __cplusplus
extern "C" {
#endif

typedef struct migscope_regex migscope_regex;

// Compiles `length` bytes of UTF-8. NULL when they are no expression; why is then in `reason`, which gets at most
// `size` bytes with the terminating zero.
migscope_regex *migscope_regex_new(
    const char *pattern, size_t length, bool ignores_case, char *reason, size_t size);

// Whether the expression matches somewhere in `length` bytes of UTF-8. May be called from several threads.
bool migscope_regex_matches(const migscope_regex *regex, const char *text, size_t length);

// The first place where the expression matches: bytes from the start of the text, and past the end of the match.
bool migscope_regex_find(
    const migscope_regex *regex, const char *text, size_t length, size_t *start, size_t *end);

void migscope_regex_free(migscope_regex *regex);

#ifdef __cplusplus
}
#endif

#endif
