/*
 * Writing to a connection that the other side has closed must not end the
 * host's process. libcurl does not handle SIGPIPE if it is told not to use
 * signals, as a library in a threaded host must tell it.
 *
 * Blocking it here is needed only where libcurl does not keep it away: on
 * Linux, versions from 7.87 on send everything, TLS included, with
 * MSG_NOSIGNAL.
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
    bool blocked;    /* by us, because none was pending before */
} rs_sigpipe;

/* Does the libcurl in use at run time keep the signal away by itself? An option
 * of 7.87 tells: asking for the version asks a dozen libraries for theirs,
 * which costs 200 KB. */
static inline bool rs_sigpipe_is_away(void) {
#ifdef __linux__
    return curl_easy_option_by_name("QUICK_EXIT") != NULL;
#else
    return false;
#endif
}

/* Until rs_sigpipe_release, a SIGPIPE of this thread has no effect. is_away:
 * the result of rs_sigpipe_is_away, which is asked once. */
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

/* Takes the signal if it is still pending. One that was sent to the whole
 * process may have gone to another thread by now, so this does not wait. */
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
    /* if the host itself blocks the signal, it is the host's to take */
    if (sigismember(&pending, SIGPIPE) &&
        !sigismember(&sigpipe->before, SIGPIPE))
        rs_sigpipe_take(&one);
    pthread_sigmask(SIG_SETMASK, &sigpipe->before, NULL);
}

#endif
