/*
 * Telling a forked child from its parent, without a system call where the
 * system can forget a page in the child (Linux); and keeping descriptors from
 * the programs that children become.
 */
#ifndef RS_FORK_H
#define RS_FORK_H

#include <stdbool.h>
#include <sys/types.h>

#include "parse/hidden.h"

RS_HIDDEN

typedef struct rs_fork_mark {
    volatile char *page; /* its first byte is 1 in this process, 0 in a child;
                            NULL: the process id tells */
    pid_t pid;
} rs_fork_mark;

/* From now on the calling process is the one that is meant. */
void rs_fork_mark_set(rs_fork_mark *mark);

/* Is this another process than the one that set it? */
bool rs_fork_mark_is_child(const rs_fork_mark *mark);

void rs_fork_mark_free(rs_fork_mark *mark);

/* What a descriptor was opened for. Its number may be another's by now:
 * programs close all descriptors in a child that becomes a daemon. */
typedef struct rs_file {
    dev_t device;
    ino_t inode;
} rs_file;

rs_file rs_file_of(int fd);

/* Is it still open, for the same? */
bool rs_file_is_at(const rs_file *file, int fd);

#define RS_FORESEEN 4

/* The descriptors that are opened next, as far as other threads open none. -1:
 * there are no more. sample: one that is open. */
void rs_foresee_descriptors(int sample, int found[RS_FORESEEN]);

/* The first two of them, a pair, are not inherited by programs. */
void rs_keep_pair(const int found[RS_FORESEEN]);

RS_HIDDEN_END

#endif
