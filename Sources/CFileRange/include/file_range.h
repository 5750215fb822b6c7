#ifndef MIGSCOPE_FILE_RANGE_H
#define MIGSCOPE_FILE_RANGE_H
#include <sys/types.h>

/// Copies `length` bytes from one file to another in the kernel, which shares them where the file system can
/// (copy_file_range(2)). Returns how many were copied, or -1 with errno, as the system call does.
ssize_t migscope_copy_range(int source, off_t source_offset, int target, off_t target_offset, size_t length);

#endif
