/*
 * The sockets that libcurl has opened, and what the poller watches them for.
 *
 * libcurl 7.88 to 8.2 does not tell when it closes a socket that was never
 * connected: after a time out, or if another address of the host was faster.
 * Its number may soon stand for a socket of the host program.
 */
#include "http/http_internal.h"

rs_socket *rs_sockets_find(rs_http *http, int fd) {
    for (size_t i = 0; i < http->socket_count; i++)
        if (http->sockets[i].fd == fd)
            return &http->sockets[i];
    return NULL;
}

/* A place at the end; NULL when memory runs out. */
static rs_socket *add(rs_http *http) {
    if (!rs_make_room(&http->memory, &http->sockets, &http->socket_capacity,
                      http->socket_count + 1, sizeof *http->sockets))
        return NULL;
    return &http->sockets[http->socket_count++];
}

bool rs_sockets_add(rs_http *http, int fd) {
    rs_socket *of = rs_sockets_find(http, fd); /* closed without a word */
    rs_socket before = of != NULL ? *of : (rs_socket){fd, false, 0, {0, 0}};
    of = of != NULL ? of : add(http);
    if (of == NULL)
        return false;
    *of = (rs_socket){fd, before.watched, 0, rs_file_of(fd)};
    /* libcurl takes it for the one before, and will not ask for it again */
    rs_sockets_register(http, of, before.registered);
    return true;
}

/* If a socket cannot be watched, its request is left to its deadline. */
void rs_sockets_register(rs_http *http, rs_socket *of, int wanted) {
    if (of->registered == wanted)
        return;
    (void)rs_poller_watch(http->poller, of->fd, wanted);
    of->registered = wanted;
}

void rs_sockets_forget(rs_http *http, rs_socket *of) {
    http->has_closed = true;
    rs_sockets_register(http, of, 0); /* a child may still have it open */
    *of = http->sockets[--http->socket_count];
}
