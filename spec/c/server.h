/*
 * An HTTP server on loopback, in a thread of its own, that says what it was
 * told: each request gets the next of the answers, the last one again and
 * again.
 */
#ifndef RS_TEST_SERVER_H
#define RS_TEST_SERVER_H

#include <stdbool.h>

#define SILENCE ""  /* reads the request and says nothing */
#define HANG_UP "!" /* what begins so ends the connection */
#define HELD "~"    /* what begins so waits for server_release */

#define OK "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nX-Name: value \r\n\r\nhi"

/* A list of answers. */
#define ANSWERS(...)                                                           \
    (const char *const[]) {                                                    \
        __VA_ARGS__, NULL                                                      \
    }

typedef struct server server;

/* The texts of the answers must live as long as the server. */
server *server_start(const char *const *answers);

/* Requests that begin so get these answers instead. Before the first comes. */
void server_route(server *s, const char *begins, const char *const *answers);

/* Where it is, "http://127.0.0.1:PORT", and a path. In a static buffer. */
const char *server_url(const server *s, const char *path);

/* How many requests it has read, and connections it has accepted. */
int server_requests(server *s);
int server_connections(server *s);

/* How many of the requests begin so. */
int server_count(server *s, const char *begins);

/* The request number `at`, from 0, whole; it lives until the server stops. */
const char *server_request(server *s, int at);

/* Lets go what is held, and from now on nothing is. */
void server_release(server *s);
void server_stop(server *s);

/* An answer with that status and body, and further header lines, each with its
 * end, or NULL. In one of 64 static buffers, which are used in turn. */
const char *answer(int status, const char *headers, const char *body);

#endif
