/*
 * HTTP requests that never block, on one libcurl multi handle.
 *
 * A transport owns the connections. Start a request, and step the transport
 * whenever its descriptor is readable or its timeout has passed, until the
 * request is done with an answer or an error. Every request has a deadline, and
 * every answer a maximum size. Redirects are not followed. Only http and https.
 *
 * One transport belongs to one thread. After a fork, the child's first call
 * notices it, drops the parent's connections without sending a byte on them,
 * and fails the requests that were under way.
 */
#ifndef RS_HTTP_H
#define RS_HTTP_H

#include <stdbool.h>
#include <stdint.h>

#include "http/buffer.h"
#include "http/memory.h"
#include "parse/hidden.h"
#include "parse/slice.h"

RS_HIDDEN

/* What a proxy answers without the right user and password, and for people. */
#define RS_HTTP_NO_CREDENTIALS 407
#define RS_HTTP_NO_CREDENTIALS_WORDS                                           \
    "the proxy wants credentials, or refuses those in its address (407)"

#define RS_HTTP_MAX_HEAD 65536 /* bytes of one answer's head */

/* Keeps the library that contains this function in memory until the process
 * ends. */
void rs_keep_loaded(uintptr_t code);

typedef struct rs_http rs_http;
typedef struct rs_request rs_request;

typedef struct rs_http_options {
    bool insecure;          /* do not verify certificates */
    const char *cacert;     /* file, directory, PEM text; NULL: the system's */
    const char *cert, *key; /* of the client; NULL: none */
    const char *proxy;      /* NULL: from the environment; "": none */
    const char *user_agent; /* NULL: none */
    long max_connections;   /* at once; 0: no limit */
} rs_http_options;

typedef struct rs_request_options {
    const char *method; /* GET, POST, ... */
    const char *url;
    const char *const *headers; /* "Name: value", NULL-terminated */
    const char *body;           /* NULL: none */
    size_t body_size;           /* bytes */
    size_t max_body;            /* bytes of the answer's body, decompressed */
    bool secret;                /* the answer may hold a secret: it is wiped */
    rs_buffer *room;            /* for the body, and taken over; NULL: none */
    long timeout_ms;            /* from start to the last byte; 0: none */
    long connect_timeout_ms;    /* > 0 */
} rs_request_options;

typedef enum rs_http_error {
    RS_HTTP_OK,
    RS_HTTP_INVALID,    /* the URL, the method or a header cannot be sent */
    RS_HTTP_NETWORK,    /* resolve, connect, reset, truncated answer */
    RS_HTTP_TLS,        /* certificate or handshake */
    RS_HTTP_TIMEOUT,    /* the request's own deadline passed */
    RS_HTTP_TOO_LARGE,  /* head or body over its maximum */
    RS_HTTP_BAD_ANSWER, /* not HTTP, or wrongly encoded */
    RS_HTTP_CANCELLED,  /* by rs_request_cancel or rs_http_close */
    RS_HTTP_NO_MEMORY
} rs_http_error;

/* A transport with one reference; NULL when memory or descriptors run out. The
 * strings of the options are copied. */
rs_http *rs_http_new(const rs_allocator *memory,
                     const rs_http_options *options);

void rs_http_retain(rs_http *http);

/* Gives back a reference; the last one closes the transport and frees it. */
void rs_http_release(rs_http *http);

/* Cancels what is under way and closes the connections; idempotent. */
void rs_http_close(rs_http *http);

/* Readable when a step is due; -1 when closed. It changes after a fork. */
int rs_http_fd(rs_http *http);

/* Milliseconds until a step is due even if the descriptor stays quiet; -1: no
 * limit. */
long rs_http_timeout(rs_http *http);

/* While on, the descriptor is readable, to wake others who wait for it. False
 * if no descriptor is left for that. */
bool rs_http_alarm(rs_http *http, bool on);

/* Which setting gives the proxy for a URL, for people: "the option proxy", or
 * the name of a variable; NULL: there is no proxy. */
const char *rs_http_proxy_origin(const rs_http *http, const char *url);

/* Closes the connections that are idle: they may be dead, and not know it. */
void rs_http_drop_idle(rs_http *http);

/* Does what can be done now, without waiting. */
void rs_http_step(rs_http *http);

/* Starts a request, which keeps a reference on the transport. Everything in
 * options is copied. NULL only when memory runs out: if a request cannot be
 * sent, it is done at once with RS_HTTP_INVALID. */
rs_request *rs_request_start(rs_http *http, const rs_request_options *options);

/* Ends the request, if it is under way, and frees it. */
void rs_request_free(rs_request *request);
void rs_request_cancel(rs_request *request);

bool rs_request_is_done(const rs_request *request);
rs_http_error rs_request_error(const rs_request *request);

/* What went wrong, for people; never contains a header or a body. */
const char *rs_request_message(const rs_request *request);

/* May the service have seen a whole request? False means certainly not. A
 * request with a body counts as sent as soon as libcurl has taken a byte of the
 * body. */
bool rs_request_was_sent(const rs_request *request);

/* Was it sent on a connection that had been used before? */
bool rs_request_was_reused(const rs_request *request);

/* Hands the answer's body over to the caller, who frees it with the transport's
 * allocator; afterwards the request has none. Only for a request that is done.
 */
rs_buffer rs_request_take_body(rs_request *request);

/* The answer's status; 0 if no answer came. */
long rs_request_status(const rs_request *request);

/* The value of the answer's header of that name, in any case; of several, the
 * last. size 0 and data NULL if there is none. Head and body are empty until
 * the request is done. */
rs_slice rs_request_header(const rs_request *request, const char *name);
rs_slice rs_request_body(const rs_request *request);
rs_slice rs_request_head(const rs_request *request);

/* How long it took, from start to end. */
double rs_request_seconds(const rs_request *request);

RS_HIDDEN_END

#endif
