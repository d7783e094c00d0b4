/*
 * What http.c (the connections) and request.c (one exchange) share.
 */
#ifndef RS_HTTP_INTERNAL_H
#define RS_HTTP_INTERNAL_H

#include <curl/curl.h>

#include "http/buffer.h"
#include "http/fork.h"
#include "http/http.h"
#include "http/poller.h"
#include "http/string.h"
#include "parse/hidden.h"

RS_HIDDEN

/* One of libcurl's sockets. */
typedef struct rs_socket {
    int fd;
    bool watched;   /* by a request; otherwise the connection is idle */
    int registered; /* what the poller watches it for */
    rs_file file;
} rs_socket;

#define RS_HTTP_SPARE 16 /* easy handles kept for the next requests */

struct rs_http {
    rs_allocator memory;
    long references;
    rs_fork_mark fork; /* tells a forked child from its parent */
    CURLM *multi;      /* NULL: see rs_http_open_multi */
    int poller;
    rs_file poller_file;
    int pair; /* libcurl's own descriptor, if its file is known */
    rs_file pair_file;
    int foreseen[RS_FORESEEN]; /* the descriptors that libcurl will use for
                                  itself */
    int alarm; /* always readable; watched while the alarm is on. -1: none */
    bool alarmed;
    bool closed;
    bool timer_set;
    bool sigpipe_is_away;    /* libcurl keeps it away itself */
    bool out_of_descriptors; /* none was left for a socket or a lookup */
    bool last_descriptor;    /* a socket took it */
    bool has_closed;         /* a socket, since rs_request_try_next */
    int64_t timer_due;       /* in rs_clock's time */
    rs_request *first;       /* the requests under way */
    size_t active;
    rs_socket *sockets; /* open ones */
    size_t socket_count, socket_capacity;
    CURL *spare[RS_HTTP_SPARE]; /* configured and unused */
    size_t spare_count;
    bool insecure;
    bool closes;      /* the service closes kept connections without notice:
                         what is not a GET gets a new connection */
    bool takes_plain; /* no encodings: the service has mislabelled one */
    long max_connections;
    rs_string cacert, cert, key, proxy, user_agent;
};

struct rs_request {
    rs_http *http;
    rs_request *previous, *next; /* in http's list while under way */
    bool done;
    rs_http_error error;
    char message[CURL_ERROR_SIZE];
    CURL *easy;
    struct curl_slist *headers; /* with their texts, headers_size bytes */
    size_t headers_size;
    rs_string body; /* what is sent */
    size_t body_at; /* how much of it libcurl has taken */
    rs_buffer head, answer;
    size_t head_total; /* bytes of all heads, interim ones included */
    bool head_ended;   /* its final empty line came */
    rs_buffer_result overflow;
    bool went_out;   /* at least its head was sent on a connection */
    bool reused;     /* on a connection that had been used before */
    bool repeatable; /* libcurl may send it again by itself */
    bool misnamed;   /* the answer's encoding does not exist */
    bool plain;      /* the body is read as it is, whatever its encoding */
    int64_t started, ended;
    long status;
};

/* Marks a request as done, and removes it from its transport. */
void rs_request_finish(rs_request *request, rs_http_error error,
                       const char *message);

/* The same, from libcurl's result code. */
void rs_request_finish_curl(rs_request *request, CURLcode code);

/* Makes requests without a connection try the next address of their host at
 * once, after a socket was closed. */
void rs_request_try_next(rs_http *http);

/* What libcurl's code means for the request; before its handle is gone. */
rs_http_error rs_verdict_classify(const rs_request *request, CURLcode code);

/* The same for people, which may be in the request's message. */
const char *rs_verdict_describe(rs_request *request, rs_http_error error,
                                CURLcode code);

/* Notices a fork; false when the transport is closed. */
bool rs_http_ready(rs_http *http);

/* Makes the multi handle if there is none, as after libcurl ran out of memory;
 * false when memory runs out again. */
bool rs_http_open_multi(rs_http *http);

/* An easy handle with the options set that concern connections: a spare one, or
 * a new one; NULL when memory runs out. */
CURL *rs_http_take_easy(rs_http *http);

/* Gives it back, cleared of everything that belongs to the request. It is kept
 * only if all went well: libcurl 8 remembers in the handle that a body had to
 * be sent again and could not be, and then every other request on it fails. */
void rs_http_give_easy(rs_http *http, CURL *easy, bool well);

#define IDLE_CONNECTIONS 64 /* at most so many are kept open */

/* The socket with this number; NULL: libcurl did not have us open it. */
rs_socket *rs_sockets_find(rs_http *http, int fd);

/* Remembers a new socket; false when memory runs out. */
bool rs_sockets_add(rs_http *http, int fd);

/* Sets what the poller watches a socket for. */
void rs_sockets_register(rs_http *http, rs_socket *of, int wanted);

/* Forgets a socket that is closed, or about to be. */
void rs_sockets_forget(rs_http *http, rs_socket *of);

/* Closes idle connections on which the service has sent something: libcurl
 * would take it for the answer to the next request. */
void rs_http_drop_spoken(rs_http *http);

/* Has the host closed our descriptors, so that their numbers may stand for
 * something else? The poller alone does not tell: a child does not inherit a
 * kqueue, and all epolls of a system are the same file. */
bool rs_http_is_swept(const rs_http *http);

/* Closes the poller, and puts /dev/null in place of the connections, which the
 * parent still uses; false if no descriptor is left for that. */
bool rs_http_silence(rs_http *http);

/* Lets libcurl do what it can without waiting for sockets. */
void rs_http_kick(rs_http *http);

/* Would a request to this URL be sent to a proxy as a whole URL, without a
 * tunnel? */
bool rs_http_is_forwarded(const rs_http *http, const char *url);

RS_HIDDEN_END

#endif
