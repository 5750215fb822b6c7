#ifndef MIGSCOPE_ARGUMENTS_H
#define MIGSCOPE_ARGUMENTS_H

/// How many words the command line has, the program's name among them.
int migscope_argument_count(void);

/// A word of the command line; `index` must be below the count.
const char *migscope_argument(int index);

#endif
