#include "arguments.h"

static int count;
static char **words;

// Swift reads its arguments from /proc, which a bare chroot and some containers do not have; glibc hands them to
// constructors.
__attribute__((constructor)) static void keep(int argc, char **argv) {
    count = argc;
    words = argv;
}

int migscope_argument_count(void) { return count; }

const char *migscope_argument(int index) { return words[index]; }
