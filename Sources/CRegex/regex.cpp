#include "cregex.h"

#include <cstdio>
#include <re2/re2.h>

struct migscope_regex {
    RE2 expression;
};

// Bytes for a compiled expression and the states that a search makes of it; more becomes slower, never wrong.
static const int64_t memory = 8 << 20;

migscope_regex *migscope_regex_new(
    const char *pattern, size_t length, bool ignores_case, char *reason, size_t size)
{
    RE2::Options options;
    options.set_log_errors(false);
    options.set_case_sensitive(!ignores_case);
    options.set_max_mem(memory);
    migscope_regex *regex = new migscope_regex{RE2(re2::StringPiece(pattern, length), options)};
    if (regex->expression.ok())
        return regex;
    if (size > 0)
        snprintf(reason, size, "%s", regex->expression.error().c_str());
    delete regex;
    return nullptr;
}

bool migscope_regex_matches(const migscope_regex *regex, const char *text, size_t length)
{
    return RE2::PartialMatch(re2::StringPiece(text, length), regex->expression);
}

bool migscope_regex_find(
    const migscope_regex *regex, const char *text, size_t length, size_t *start, size_t *end)
{
    re2::StringPiece match;
    if (!regex->expression.Match(re2::StringPiece(text, length), 0, length, RE2::UNANCHORED, &match, 1))
        return false;
    *start = static_cast<size_t>(match.data() - text);
    *end = *start + match.size();
    return true;
}

void migscope_regex_free(migscope_regex *regex) { delete regex; }
