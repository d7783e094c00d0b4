/*
 * An HTTP server on loopback, in a thread of its own, with given answers: each
 * request gets the next one, and the last one again and again.
 */
#ifndef RS_TEST_SERVER_H
#define RS_TEST_SERVER_H

#include <stdbool.h>

#define SILENCE "" /* reads the request and never answers */
#define HANG_UP                                                                \
    "!"          /* after an answer with this beginning the connection is      \
                    closed */
#define LATE "~" /* an answer with this beginning waits for server_release */

#define OK "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nX-Name: value \r\n\r\nhi"

/* A list of answers. */
#define ANSWERS(...)                                                           \
    (const char *const[]) {                                                    \
        __VA_ARGS__, NULL                                                      \
    }

typedef struct server server;

/* The texts of the answers must live as long as the server. */
server *server_start(const char *const *answers);

/* Gives requests with this beginning other answers. Call it before the first
 * request. */
void server_route(server *s, const char *begins, const char *const *answers);

/* Its URL, "http://127.0.0.1:PORT", with a path. In a static buffer. */
const char *server_url(const server *s, const char *path);

/* How many requests it has read, and how many connections it has accepted. */
int server_requests(server *s);
int server_connections(server *s);

/* How many of the requests have this beginning. */
int server_count(server *s, const char *begins);

/* The whole request number `at`, from 0. It lives until the server stops. */
const char *server_request(server *s, int at);

/* Sends the answers that wait, and lets none wait from now on. */
void server_release(server *s);
void server_stop(server *s);

/* An answer with that status and body, and further header lines, each with its
 * line end, or NULL. In one of 64 static buffers, which are used in turn. */
const char *answer(int status, const char *headers, const char *body);

#endif
