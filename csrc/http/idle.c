#include "http/http_internal.h"

#include <poll.h>
#include <sys/socket.h>

#define MOST_SAID 64 /* pieces of 4 KiB that are read and dropped */

/* Makes a connection dead to libcurl, which then closes it. libcurl peeks at
 * what is there to be read, so nothing may be left. */
static void end_socket(int fd) {
    char said[4096];
    (void)shutdown(fd, SHUT_RDWR);
    for (int pieces = 0; pieces < MOST_SAID; pieces++)
        if (recv(fd, said, sizeof said, MSG_DONTWAIT) <= 0)
            return;
}

/* Finds the idle connections; returns how many there are. */
static nfds_t find_idle(const rs_http *http,
                        struct pollfd idle[IDLE_CONNECTIONS]) {
    nfds_t count = 0;
    for (size_t i = 0; i < http->socket_count && count < IDLE_CONNECTIONS; i++)
        if (!http->sockets[i].watched)
            idle[count++] =
                (struct pollfd){.fd = http->sockets[i].fd, .events = POLLIN};
    return count;
}

/* TLS connections are no exception: from outside, it is unknown what was sent.
 * A session ticket of TLS 1.3 is usually read with the first answer; if it
 * comes later, that costs a handshake, which is better than a wrong answer. */
void rs_http_drop_spoken(rs_http *http) {
    struct pollfd idle[IDLE_CONNECTIONS];
    nfds_t count = find_idle(http, idle);
    if (count == 0 || poll(idle, count, 0) <= 0)
        return;
    for (nfds_t i = 0; i < count; i++)
        if (idle[i].revents != 0)
            end_socket(idle[i].fd);
}

void rs_http_drop_idle(rs_http *http) {
    struct pollfd idle[IDLE_CONNECTIONS];
    nfds_t count = rs_http_ready(http) ? find_idle(http, idle) : 0;
    for (nfds_t i = 0; i < count; i++)
        end_socket(idle[i].fd);
}
