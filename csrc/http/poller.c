#define _DEFAULT_SOURCE /* clock_gettime */
#include "http/poller.h"

#include <errno.h>
#include <poll.h>
#include <stddef.h>
#include <time.h>
#include <unistd.h>

#if defined(__linux__)

#include <sys/epoll.h>

int rs_poller_open(void) {
    return epoll_create1(EPOLL_CLOEXEC);
}

bool rs_poller_watch(int poller, int fd, int what) {
    struct epoll_event event = {.data.fd = fd};
    if (what == 0) {
        /* if the descriptor is closed already, that has removed it */
        (void)epoll_ctl(poller, EPOLL_CTL_DEL, fd, &event);
        return true;
    }
    if (what & RS_POLL_READ)
        event.events |= EPOLLIN;
    if (what & RS_POLL_WRITE)
        event.events |= EPOLLOUT;
    if (epoll_ctl(poller, EPOLL_CTL_ADD, fd, &event) == 0)
        return true;
    return errno == EEXIST && epoll_ctl(poller, EPOLL_CTL_MOD, fd, &event) == 0;
}

int rs_poller_ready(int poller, rs_poll_event *events, int capacity) {
    struct epoll_event ready[64];
    int count = epoll_wait(poller, ready, capacity < 64 ? capacity : 64, 0);
    for (int i = 0; i < count; i++) {
        unsigned found = ready[i].events;
        events[i].fd = ready[i].data.fd;
        events[i].what = (found & EPOLLIN ? RS_POLL_READ : 0) |
                         (found & EPOLLOUT ? RS_POLL_WRITE : 0) |
                         (found & (EPOLLERR | EPOLLHUP) ? RS_POLL_ERROR : 0);
    }
    return count > 0 ? count : 0;
}

#else

#include <fcntl.h>
#include <sys/event.h>
#include <sys/types.h>

int rs_poller_open(void) {
    int poller = kqueue();
    if (poller >= 0)
        (void)fcntl(poller, F_SETFD, FD_CLOEXEC);
    return poller;
}

/* Turns one of a descriptor's two filters on or off. */
static bool set_filter(int poller, int fd, short filter, bool on) {
    struct kevent change;
    EV_SET(&change, (uintptr_t)fd, filter, on ? EV_ADD : EV_DELETE, 0, 0, NULL);
    return kevent(poller, &change, 1, NULL, 0, NULL) == 0 || !on;
}

bool rs_poller_watch(int poller, int fd, int what) {
    bool reads = set_filter(poller, fd, EVFILT_READ, what & RS_POLL_READ);
    return set_filter(poller, fd, EVFILT_WRITE, what & RS_POLL_WRITE) && reads;
}

int rs_poller_ready(int poller, rs_poll_event *events, int capacity) {
    struct kevent ready[64];
    struct timespec none = {0, 0};
    int count =
        kevent(poller, NULL, 0, ready, capacity < 64 ? capacity : 64, &none);
    for (int i = 0; i < count; i++) {
        events[i].fd = (int)ready[i].ident;
        events[i].what =
            ready[i].filter == EVFILT_READ ? RS_POLL_READ : RS_POLL_WRITE;
    }
    return count > 0 ? count : 0;
}

#endif

int rs_poll_one(int fd, int what, int milliseconds) {
    struct pollfd one = {.fd = fd};
    if (what & RS_POLL_READ)
        one.events |= POLLIN;
    if (what & RS_POLL_WRITE)
        one.events |= POLLOUT;
    if (poll(&one, fd >= 0 ? 1 : 0, milliseconds) <= 0)
        return 0;
    return (one.revents & POLLIN ? RS_POLL_READ : 0) |
           (one.revents & POLLOUT ? RS_POLL_WRITE : 0) |
           (one.revents & (POLLERR | POLLHUP | POLLNVAL) ? RS_POLL_ERROR : 0);
}

int64_t rs_clock(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}
