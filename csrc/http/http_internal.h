/*
 * What http.c (the connections) and request.c (one exchange) share.
 */
#ifndef RS_HTTP_INTERNAL_H
#define RS_HTTP_INTERNAL_H

#include <curl/curl.h>
#include <sys/types.h>

#include "http/buffer.h"
#include "http/http.h"
#include "http/poller.h"
#include "parse/hidden.h"

RS_HIDDEN

/* A copy of a string, with its size, so that it can be wiped. */
typedef struct rs_string {
    char *data; /* owned, NUL-terminated; NULL: none */
    size_t size;
} rs_string;

struct rs_http {
    rs_allocator memory;
    long references;
    pid_t pid; /* of the process whose connections these are */
    CURLM *multi;
    int poller;
    int alarm; /* always readable; watched while the alarm is on. -1: none */
    bool alarmed;
    bool closed;
    bool timer_set;
    int64_t timer_due; /* on rs_clock's scale */
    rs_request *first; /* those under way */
    size_t active;
    int *sockets; /* open ones, for a fork */
    size_t socket_count, socket_capacity;
    bool insecure;
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
    bool has_query;  /* the URL has one */
    bool query_lost; /* and libcurl sent the request without it */
    bool repeatable; /* libcurl may send it again by itself */
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

/* Sets an easy handle's options that concern connections. */
bool rs_http_configure(rs_http *http, CURL *easy);

bool rs_string_set(rs_string *string, const rs_allocator *memory,
                   const char *data, size_t size);
void rs_string_free(rs_string *string, const rs_allocator *memory);

RS_HIDDEN_END

#endif
