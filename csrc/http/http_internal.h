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

/* A socket of libcurl's. */
typedef struct rs_socket {
    int fd;
    bool watched;   /* by a request; else its connection is idle */
    int registered; /* what the poller tells of it */
    rs_file file;
} rs_socket;

#define RS_HTTP_SPARE 16 /* easy handles kept for the next requests */

struct rs_http {
    rs_allocator memory;
    long references;
    rs_fork_mark fork; /* tells a forked child from who opened this */
    CURLM *multi;      /* NULL: see rs_http_open_multi */
    int poller;
    rs_file poller_file;
    int foreseen[RS_FORESEEN]; /* what libcurl opens for itself gets these */
    int alarm; /* always readable; watched while the alarm is on. -1: none */
    bool alarmed;
    bool closed;
    bool timer_set;
    bool sigpipe_is_away;    /* libcurl sees to it */
    bool out_of_descriptors; /* none was left for a socket or a lookup */
    bool last_descriptor;    /* a socket took it */
    int64_t timer_due;       /* on rs_clock's scale */
    rs_request *first;       /* those under way */
    size_t active;
    rs_socket *sockets; /* open ones */
    size_t socket_count, socket_capacity;
    CURL *spare[RS_HTTP_SPARE]; /* configured, and in use by nobody */
    size_t spare_count;
    bool insecure;
    bool closes;      /* it closes kept connections, and says so to nobody:
                         what is not a GET goes on one of its own */
    bool takes_plain; /* no encodings: the service has misnamed one */
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
    struct curl_slist *headers;
    rs_string body; /* what is sent */
    size_t body_at; /* how much of it libcurl has taken */
    rs_buffer head, answer;
    size_t head_total; /* of all heads, interim ones included */
    bool head_ended;   /* its empty line came */
    rs_buffer_result overflow;
    bool went_out;   /* on a connection, its head at least */
    bool reused;     /* a connection that had served before */
    bool repeatable; /* libcurl may send it again by itself */
    bool misnamed;   /* the answer's encoding is none */
    bool plain;      /* it is read as it is, whatever its encoding */
    int64_t started, ended;
    long status;
};

/* Makes a request done, and takes it off its transport. */
void rs_request_finish(rs_request *request, rs_http_error error,
                       const char *message);

/* The same, out of libcurl's own verdict. */
void rs_request_finish_curl(rs_request *request, CURLcode code);

/* Notices a fork; false when the transport is closed. */
bool rs_http_ready(rs_http *http);

/* Makes the multi handle where there is none, as after libcurl ran out of
 * memory; false when memory is still out. */
bool rs_http_open_multi(rs_http *http);

/* An easy handle with the options that concern connections set: a spare one, or
 * a new one; NULL when memory is out. */
CURL *rs_http_take_easy(rs_http *http);

/* Gives it back, with nothing of a request left in it. It is kept only where
 * all went well: libcurl 8 remembers in it that a body had to be sent again and
 * could not be, and then no other request gets away with it. */
void rs_http_give_easy(rs_http *http, CURL *easy, bool well);

#define IDLE_CONNECTIONS 64 /* kept open at most */

/* Closes idle connections on which the service has said something: it would be
 * taken for the answer to the next request. */
void rs_http_drop_spoken(rs_http *http);

/* Has the host closed our descriptors, so that their numbers may be others'?
 * One that is closed and not another's says so only of a socket, as a child has
 * no kqueue of its parent's. */
bool rs_http_is_swept(const rs_http *http);

/* Closes the poller, and makes the connections, which are the parent's too,
 * others of nobody; false if no descriptor is left for that. */
bool rs_http_silence(rs_http *http);

/* Lets libcurl do what needs no waiting for sockets. */
void rs_http_kick(rs_http *http);

/* Would a request to this URL be given whole to a proxy? */
bool rs_http_is_forwarded(const rs_http *http, const char *url);

RS_HIDDEN_END

#endif
