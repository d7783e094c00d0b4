/*
 * Tells a forked child from its parent, without a system call if the system can
 * wipe a page in the child (Linux). Also keeps descriptors from being inherited
 * by programs that children start.
 */
#ifndef RS_FORK_H
#define RS_FORK_H

#include <stdbool.h>
#include <sys/types.h>

#include "parse/hidden.h"

RS_HIDDEN

typedef struct rs_fork_mark {
    volatile char *page; /* its first byte is 1 in this process, 0 in a child;
                            NULL: pid is compared */
    pid_t pid;
} rs_fork_mark;

/* Marks the calling process as the owner. */
void rs_fork_mark_set(rs_fork_mark *mark);

/* Is the calling process another one than the owner, a forked child? */
bool rs_fork_mark_is_child(const rs_fork_mark *mark);

void rs_fork_mark_free(rs_fork_mark *mark);

/* The file behind a descriptor. The descriptor's number may stand for another
 * file by now: a child that becomes a daemon closes all descriptors. */
typedef struct rs_file {
    dev_t device;
    ino_t inode;
} rs_file;

rs_file rs_file_of(int fd);

/* Is the descriptor still open for that file? */
bool rs_file_is_at(const rs_file *file, int fd);

#define RS_FORESEEN 4

/* Predicts which descriptors will be opened next, provided that no other thread
 * opens any. -1: there are no more. sample: any open descriptor. */
void rs_foresee_descriptors(int sample, int found[RS_FORESEEN]);

/* Makes the first two, which libcurl keeps for itself (7.88: a pair of sockets,
 * 8: one eventfd), close on exec; false if they are connections: another thread
 * has opened them meanwhile. */
bool rs_keep_pair(const int found[RS_FORESEEN]);

RS_HIDDEN_END

#endif
