#define _GNU_SOURCE
#include "rescue.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/mman.h>
#include <termios.h>
#include <unistd.h>

static int terminal = -1;
static struct termios settings;
static char farewell[1024];
static size_t farewell_length;
static atomic_bool entered;
static atomic_int signals;
// The signal that asked for the end, while the loop still may keep what is to be kept.
static atomic_int ending;
static int wakeup[2] = {-1, -1};

// All that end a process unless somebody cares, and the real-time signals; SIGALRM is ours, SIGPIPE is ignored.
static const int fatal[] = {SIGTERM, SIGINT, SIGHUP,  SIGQUIT, SIGSEGV, SIGBUS,    SIGABRT, SIGILL, SIGTRAP, SIGFPE,
                            SIGUSR1, SIGUSR2, SIGXCPU, SIGXFSZ, SIGSYS,  SIGVTALRM, SIGPROF, SIGPOLL, SIGPWR, SIGSTKFLT};
enum { FATAL_COUNT = sizeof fatal / sizeof *fatal };
// By signal number.
static struct sigaction previous[_NSIG];
static struct sigaction previous_stop;
static char alternate_stack[64 * 1024];

// Standard error while the screen is ours: a memory file in place of the terminal.
static int errors_kept = -1;
static int errors_terminal = -1;

static void write_all(int descriptor, const char *bytes, size_t length) {
    while (length > 0) {
        ssize_t written = write(descriptor, bytes, length);
        if (written < 0 && errno == EINTR) continue;
        if (written <= 0) return;
        bytes += written;
        length -= (size_t)written;
    }
}

static void release_errors(void) {
    if (errors_terminal < 0) return;
    dup2(errors_terminal, STDERR_FILENO);
    char part[512];
    off_t offset = 0;
    ssize_t count;
    while ((count = pread(errors_kept, part, sizeof part, offset)) > 0) {
        write_all(STDERR_FILENO, part, (size_t)count);
        offset += count;
    }
    if (ftruncate(errors_kept, 0) == 0) lseek(errors_kept, 0, SEEK_SET);
}

static void keep_errors(void) {
    if (errors_terminal < 0) {
        if (!isatty(STDERR_FILENO)) return;
        errors_kept = memfd_create("errors", MFD_CLOEXEC);
        if (errors_kept < 0) return;
        errors_terminal = fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, 3);
    }
    if (errors_terminal >= 0) dup2(errors_kept, STDERR_FILENO);
}

static void give_back(void) {
    if (!atomic_exchange(&entered, false)) return;
    // A job in the background has no business with a terminal that is another's now.
    pid_t owner = tcgetpgrp(terminal);
    if (owner < 0 || owner == getpgrp()) {
        write_all(terminal, farewell, farewell_length);
        tcsetattr(terminal, TCSANOW, &settings);
    }
    release_errors();
}

static bool is_handler(const struct sigaction *action) {
    return (action->sa_flags & SA_SIGINFO) ||
           (action->sa_handler != SIG_DFL && action->sa_handler != SIG_IGN);
}

static void call(const struct sigaction *action, int number, siginfo_t *info, void *context) {
    if (action->sa_flags & SA_SIGINFO) {
        action->sa_sigaction(number, info, context);
    } else {
        action->sa_handler(number);
    }
}

// A handler that was there before us may know this fault (a mapped file that
// shrank). If it doesn't, it has put the default back, and the signal is pending.
static bool previous_repaired(const struct sigaction *before, int number, siginfo_t *info,
                              void *context) {
    if (number != SIGBUS || !is_handler(before)) return false;
    call(before, number, info, context);
    struct sigaction now;
    sigaction(number, NULL, &now);
    return is_handler(&now);
}

static void on_fatal(int number, siginfo_t *info, void *context) {
    int saved_errno = errno;
    if (previous_repaired(&previous[number], number, info, context)) {
        errno = saved_errno;
        return;
    }
    give_back();
    if (number == SIGBUS && is_handler(&previous[number])) {
        signal(number, SIG_DFL);
    } else {
        sigaction(number, &previous[number], NULL);
    }
    // A fault comes again when its instruction is tried again; all else is sent again.
    bool comes_again = info->si_code > 0 && number != SIGTRAP && number != SIGABRT;
    if (!comes_again || info->si_code == SI_KERNEL) raise(number);
    errno = saved_errno;
}

static void wake_up(int bit) {
    atomic_fetch_or(&signals, bit);
    // A full pipe is as good as a byte: the loop wakes up.
    ssize_t ignored = write(wakeup[1], "", 1);
    (void)ignored;
}

static bool asks_for_end(int number) {
    return number == SIGTERM || number == SIGINT || number == SIGHUP;
}

// The loop gets a second to keep the session. Where it can't (it does not run, or the terminal
// is another's), or is asked again, the process dies here.
static void on_end(int number, siginfo_t *info, void *context) {
    int saved_errno = errno;
    pid_t owner = tcgetpgrp(terminal);
    int none = 0;
    if (!atomic_load(&entered) || (owner >= 0 && owner != getpgrp()) ||
        !atomic_compare_exchange_strong(&ending, &none, number)) {
        on_fatal(number, info, context);
    } else {
        alarm(1);
        wake_up(RESCUE_END);
    }
    errno = saved_errno;
}

void rescue_end(void) {
    int number = atomic_load(&ending);
    if (number == 0) return;
    give_back();
    sigaction(number, &previous[number], NULL);
    raise(number);
}

static void on_alarm(int number) {
    (void)number;
    rescue_end();
}

static void on_notice(int number) {
    int saved_errno = errno;
    wake_up(number == SIGWINCH  ? RESCUE_RESIZED
            : number == SIGCONT ? RESCUE_CONTINUED
                                : RESCUE_STOP);
    errno = saved_errno;
}

static void notice(int number, struct sigaction *before) {
    struct sigaction action = {0};
    action.sa_handler = on_notice;
    action.sa_flags = SA_RESTART | SA_ONSTACK;
    sigemptyset(&action.sa_mask);
    sigaction(number, &action, before);
}

static void install_alternate_stack(void) {
    stack_t current;
    if (sigaltstack(NULL, &current) == 0 && !(current.ss_flags & SS_DISABLE)) return;
    stack_t stack = {.ss_sp = alternate_stack, .ss_size = sizeof alternate_stack};
    sigaltstack(&stack, NULL);
}

static void install_one(int number) {
    struct sigaction action = {0};
    action.sa_flags = SA_SIGINFO | SA_ONSTACK;
    sigfillset(&action.sa_mask);
    sigaction(number, NULL, &previous[number]);
    // nohup and shells that start background jobs ignore on purpose.
    if (!(previous[number].sa_flags & SA_SIGINFO) && previous[number].sa_handler == SIG_IGN) return;
    action.sa_sigaction = asks_for_end(number) ? on_end : on_fatal;
    sigaction(number, &action, NULL);
}

static void install_fatal(void) {
    for (int i = 0; i < FATAL_COUNT; i++) install_one(fatal[i]);
    for (int number = SIGRTMIN; number <= SIGRTMAX; number++) install_one(number);
    struct sigaction late = {0};
    late.sa_handler = on_alarm;
    late.sa_flags = SA_ONSTACK;
    sigfillset(&late.sa_mask);
    sigaction(SIGALRM, &late, NULL);
}

int rescue_install(int descriptor) {
    terminal = descriptor;
    if (tcgetattr(terminal, &settings) != 0) return -1;
    if (wakeup[0] >= 0) return wakeup[0];
    if (pipe2(wakeup, O_CLOEXEC | O_NONBLOCK) != 0) return -1;
    install_alternate_stack();
    install_fatal();
    notice(SIGWINCH, NULL);
    notice(SIGCONT, NULL);
    sigaction(SIGTSTP, NULL, &previous_stop);
    if (is_handler(&previous_stop) || previous_stop.sa_handler == SIG_DFL) notice(SIGTSTP, NULL);
    return wakeup[0];
}

void rescue_set_farewell(const char *bytes, size_t length) {
    sigset_t all, before;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    farewell_length = length < sizeof farewell ? length : sizeof farewell;
    memcpy(farewell, bytes, farewell_length);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
}

void rescue_enter(void) {
    keep_errors();
    atomic_store(&entered, true);
}

void rescue_leave(void) {
    atomic_store(&entered, false);
    tcsetattr(terminal, TCSADRAIN, &settings);
    release_errors();
}

int rescue_take_signals(void) {
    char bytes[64];
    while (read(wakeup[0], bytes, sizeof bytes) > 0) continue;
    return atomic_exchange(&signals, 0);
}

bool rescue_stop(void) {
    if (!(previous_stop.sa_flags & SA_SIGINFO) && previous_stop.sa_handler == SIG_IGN) return false;
    // The rest of the job (make, a pipe) first, while we look away; then we ourselves,
    // which returns only when the job goes on.
    signal(SIGTSTP, SIG_IGN);
    kill(0, SIGTSTP);
    signal(SIGTSTP, SIG_DFL);
    raise(SIGTSTP);
    notice(SIGTSTP, NULL);
    return true;
}
