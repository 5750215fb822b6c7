#ifndef MIGSCOPE_CURSES_SHIM_H
#define MIGSCOPE_CURSES_SHIM_H
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#ifndef NCURSES_WIDECHAR
#define NCURSES_WIDECHAR 1
#endif
#include <curses.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// What Swift can't import from <curses.h>: macros with casts, variadic
// functions, and the globals that its concurrency checks reject.

static const attr_t shim_bold = A_BOLD;
static const attr_t shim_dim = A_DIM;
static const attr_t shim_italic = A_ITALIC;
static const attr_t shim_underline = A_UNDERLINE;
static const attr_t shim_reverse = A_REVERSE;

static const int shim_function_key_first = KEY_F0;
static const int shim_function_key_last = KEY_F0 + 63;

/// Prepares the locale; true when the terminal is taken to speak UTF-8.
bool shim_locale(void);

/// Columns that the C library, and so ncurses, gives a scalar; -1 if it can't print it.
int shim_columns(uint32_t scalar);

/// What terminfo knows about a terminal, asked before ncurses starts.
struct shim_terminal {
    bool known;           ///< terminfo has an entry
    bool moves_cursor;    ///< a full-screen program can run
    bool is_ansi;         ///< takes CSI sequences
    bool has_direct_rgb;  ///< colours are RGB values, not palette numbers
    int colors;           ///< 0 when it has none
};
struct shim_terminal shim_terminal_named(const char *name);

/// newterm on a pair of descriptors, which stay the caller's. False when it fails.
bool shim_newterm(const char *name, int output, int input);

/// Keys raw and decoded, no echo, no waiting. `escape_delay` in milliseconds.
void shim_raw_input(int escape_delay);

/// The size of the screen as ncurses has it.
int shim_columns_of_screen(void);
int shim_rows_of_screen(void);

/// Next input of stdscr, never waiting: OK (a scalar), KEY_CODE_YES, or ERR (nothing there).
int shim_read(uint32_t *value);

/// Writes scalars that all look alike. The caller keeps inside the row.
void shim_put(int y, int x, const uint32_t *scalars, size_t count, attr_t attributes, int pair);

/// Sends what changed to the terminal, with the cursor at that place, or hidden if x < 0.
void shim_refresh(int y, int x);

/// Has everything painted again by the next refresh.
void shim_forget_screen(void);

/// The bytes of a capability without parameters, padding removed; returns the length.
size_t shim_capability(const char *name, char *buffer, size_t capacity);

/// The bytes that move the cursor to the start of the last row.
size_t shim_move_to_last_row(char *buffer, size_t capacity);

#endif
