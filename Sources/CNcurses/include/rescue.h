#ifndef MIGSCOPE_RESCUE_H
#define MIGSCOPE_RESCUE_H
#include <stdbool.h>
#include <stddef.h>

// Gives the terminal back whatever happens to the process, and tells the event
// loop about signals. The handlers use async-signal-safe calls only.

/// Bits of rescue_take_signals.
enum {
    RESCUE_RESIZED = 1,    ///< SIGWINCH
    RESCUE_CONTINUED = 2,  ///< SIGCONT
    RESCUE_STOP = 4,       ///< SIGTSTP from outside: stop as if C-z was typed
    RESCUE_END = 8         ///< SIGTERM, SIGINT or SIGHUP: leave the loop, keep, then rescue_end
};

/// Remembers the settings of the terminal and installs all handlers. Once a process.
/// Returns the descriptor that becomes readable with each signal, or -1.
int rescue_install(int terminal);

/// The bytes to write when the process dies in full-screen mode.
void rescue_set_farewell(const char *bytes, size_t length);

/// From here on the terminal is ours: a death gives it back. Standard error, if it
/// is the terminal, is kept aside until rescue_leave.
void rescue_enter(void);

/// The terminal was given back by other means (endwin): restores its settings and
/// standard error only.
void rescue_leave(void);

/// Which signals came since the last call; empties the descriptor.
int rescue_take_signals(void);

/// Dies of the signal that asked for the end; returns if none did. The process dies of it
/// anyway when this is not called within a second.
void rescue_end(void);

/// Stops the whole job as the terminal's C-z does and returns when it goes on.
/// False when the process may not be stopped (started without job control).
bool rescue_stop(void);

#endif
