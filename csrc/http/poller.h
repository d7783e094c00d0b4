/*
 * Many sockets behind one descriptor that is readable when any of them is
 * ready (epoll, or kqueue), and a poll() for a single descriptor.
 */
#ifndef RS_POLLER_H
#define RS_POLLER_H

#include <stdbool.h>
#include <stdint.h>

#include "parse/hidden.h"

RS_HIDDEN

enum { RS_POLL_READ = 1, RS_POLL_WRITE = 2, RS_POLL_ERROR = 4 };

typedef struct rs_poll_event {
    int fd;
    int what; /* RS_POLL_*, or-ed */
} rs_poll_event;

/* A new descriptor, closed on exec; -1 with errno on failure. */
int rs_poller_open(void);

/* Watches fd for these events from now on (0: no longer). */
bool rs_poller_watch(int poller, int fd, int what);

/* Which are ready now, without waiting; returns how many were written. */
int rs_poller_ready(int poller, rs_poll_event *events, int capacity);

/* Waits up to that many milliseconds (-1: no limit) until fd (-1: none) is
 * ready; returns what it is ready for, 0 if the time passed or a signal came.
 */
int rs_poll_one(int fd, int what, int milliseconds);

/* Milliseconds on a clock that never goes back. */
int64_t rs_clock(void);

RS_HIDDEN_END

#endif
