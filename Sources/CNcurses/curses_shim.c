#define _GNU_SOURCE
#include "curses_shim.h"

#include <langinfo.h>
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <wchar.h>
// Only here: its macros take common names.
#include <term.h>

static bool is_set(const char *name) {
    const char *value = getenv(name);
    return value && *value;
}

// The first variable that is set decides, as setlocale(3) has it.
static bool names_utf8(void) {
    static const char *const names[] = {"LC_ALL", "LC_CTYPE", "LANG"};
    for (unsigned index = 0; index < sizeof names / sizeof *names; index++) {
        const char *value = getenv(names[index]);
        if (value && *value) return strcasestr(value, "utf-8") || strcasestr(value, "utf8");
    }
    return false;
}

bool shim_locale(void) {
    // A locale that was never generated still says what the terminal speaks.
    if (!setlocale(LC_ALL, "") && names_utf8()) setlocale(LC_CTYPE, "C.UTF-8");
    // Containers come without a locale, and the terminal around them speaks UTF-8.
    if (!is_set("LC_ALL") && !is_set("LC_CTYPE") && !is_set("LANG")) setlocale(LC_CTYPE, "C.UTF-8");
    return strcmp(nl_langinfo(CODESET), "UTF-8") == 0;
}

int shim_columns(uint32_t scalar) {
    return wcwidth((wchar_t)scalar);
}

static bool starts_with(const char *capability, const char *start) {
    return capability && capability != (char *)-1 &&
           strncmp(capability, start, strlen(start)) == 0;
}

struct shim_terminal shim_terminal_named(const char *name) {
    struct shim_terminal result = {0};
    int status = 0;
    if (setupterm(name, STDOUT_FILENO, &status) != OK) return result;
    result.known = true;
    result.moves_cursor = starts_with(tigetstr("cup"), "") && starts_with(tigetstr("clear"), "");
    result.is_ansi = starts_with(tigetstr("cup"), "\033[");
    int colors = tigetnum("colors");
    result.colors = colors > 0 ? colors : 0;
    result.has_direct_rgb = colors >= 1 << 24;
    del_curterm(cur_term);
    return result;
}

bool shim_newterm(const char *name, int output, int input) {
    int output_copy = dup(output);
    int input_copy = dup(input);
    FILE *out = output_copy < 0 ? NULL : fdopen(output_copy, "w");
    FILE *in = input_copy < 0 ? NULL : fdopen(input_copy, "r");
    return out && in && newterm(name, out, in);
}

void shim_raw_input(int escape_delay) {
    raw();
    noecho();
    nonl();
    set_escdelay(escape_delay);
    // Painting is never cut short by a key that waits.
    typeahead(-1);
    keypad(stdscr, TRUE);
    meta(stdscr, TRUE);
    nodelay(stdscr, TRUE);
}

int shim_columns_of_screen(void) {
    return COLS;
}

int shim_rows_of_screen(void) {
    return LINES;
}

int shim_read(uint32_t *value) {
    wint_t input = 0;
    int status = wget_wch(stdscr, &input);
    *value = input;
    return status;
}

void shim_put(int y, int x, const uint32_t *scalars, size_t count, attr_t attributes, int pair) {
    wchar_t text[256];
    if (wmove(stdscr, y, x) != OK) return;
    wattr_set(stdscr, attributes, 0, &pair);
    while (count > 0) {
        size_t part = count < 256 ? count : 256;
        for (size_t i = 0; i < part; i++) text[i] = (wchar_t)scalars[i];
        waddnwstr(stdscr, text, (int)part);
        scalars += part;
        count -= part;
    }
}

void shim_refresh(int y, int x) {
    curs_set(x >= 0);
    if (x >= 0) wmove(stdscr, y, x);
    wrefresh(stdscr);
}

void shim_forget_screen(void) {
    clearok(curscr, TRUE);
}

// tputs takes a function without a context.
static char *collected;
static size_t collected_length, collected_capacity;

static int collect(int byte) {
    if (collected_length < collected_capacity) collected[collected_length++] = (char)byte;
    return byte;
}

static size_t expand(const char *capability, char *buffer, size_t capacity) {
    if (!starts_with(capability, "")) return 0;
    collected = buffer;
    collected_length = 0;
    collected_capacity = capacity;
    tputs(capability, 1, collect);
    return collected_length;
}

size_t shim_capability(const char *name, char *buffer, size_t capacity) {
    return expand(tigetstr(name), buffer, capacity);
}

size_t shim_move_to_last_row(char *buffer, size_t capacity) {
    return expand(tiparm(cursor_address, LINES - 1, 0), buffer, capacity);
}
