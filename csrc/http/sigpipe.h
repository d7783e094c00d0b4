/*
 * Only where libcurl does not see to it itself: on Linux versions from 7.88 on
 * send everything, TLS included, with MSG_NOSIGNAL. Then nothing is done.
 *
 * Writing to a connection that the other side has closed must not end the
 * host's process: libcurl leaves SIGPIPE alone where it is told to keep off
 * signals, as a library in a threaded host must be.
 */
#ifndef RS_SIGPIPE_H
#define RS_SIGPIPE_H

#include <curl/curl.h>
#include <pthread.h>
#include <signal.h>
#include <stdbool.h>
#include <time.h>

typedef struct rs_sigpipe {
    sigset_t before; /* this thread's mask */
    bool blocked;    /* by us: it was neither blocked nor pending before */
} rs_sigpipe;

/* Does libcurl, as it is at run time, keep the signal away by itself? */
static inline bool rs_sigpipe_is_away(void) {
#ifdef __linux__
    return curl_version_info(CURLVERSION_NOW)->version_num >= 0x075800;
#else
    return false;
#endif
}

/* is_away: as rs_sigpipe_is_away says, which is asked once.
 * From here to rs_sigpipe_release a SIGPIPE of this thread has no effect. */
static inline rs_sigpipe rs_sigpipe_block(bool is_away) {
    rs_sigpipe sigpipe;
    sigset_t pending, one;
    sigpipe.blocked = false;
    if (is_away)
        return sigpipe; /* cppcheck-suppress uninitvar ; see `blocked` */
    sigemptyset(&pending);
    sigpending(&pending);
    sigemptyset(&one);
    sigaddset(&one, SIGPIPE);
    sigpipe.blocked = !sigismember(&pending, SIGPIPE) &&
                      pthread_sigmask(SIG_BLOCK, &one, &sigpipe.before) == 0;
    return sigpipe;
}

/* Takes it where it is still there: one that was sent to the whole process may
 * have gone to another thread by now, and is not waited for. */
static inline void rs_sigpipe_take(const sigset_t *one) {
#ifdef __APPLE__ /* has no sigtimedwait */
    int signal;
    (void)sigwait(one, &signal);
#else
    static const struct timespec at_once = {0, 0};
    (void)sigtimedwait(one, NULL, &at_once);
#endif
}

static inline void rs_sigpipe_release(const rs_sigpipe *sigpipe) {
    if (!sigpipe->blocked)
        return;
    sigset_t pending, one;
    sigemptyset(&pending);
    sigpending(&pending);
    sigemptyset(&one);
    sigaddset(&one, SIGPIPE);
    /* where the host blocks it itself it is the host's to take */
    if (sigismember(&pending, SIGPIPE) &&
        !sigismember(&sigpipe->before, SIGPIPE))
        rs_sigpipe_take(&one);
    pthread_sigmask(SIG_SETMASK, &sigpipe->before, NULL);
}

#endif
