#define _DEFAULT_SOURCE
#include "http/http_internal.h"

#include <string.h>

#include "http/sigpipe.h"
#include "parse/ascii.h"

#include "parse/head.h"

#define MAX_HEADS (4 * RS_HTTP_MAX_HEAD) /* bytes of all heads in an answer */
#define MAX_TEXT ((size_t)1024 * 1024)   /* bytes; libcurl accepts 8,000,000 */
#define REUSE_SECONDS 15L /* idle for longer, a connection gets no body */

/* --------------------------------------------------------------- callbacks */

/* Is it a Content-Encoding that names something else, such as "utf-8"? Then the
 * body is read as it is. */
static bool is_no_encoding(rs_slice line) {
    static const char *const known[] = {"gzip", "x-gzip", "deflate",
                                        "br",   "zstd",   "identity"};
    if (line.size == 0 || (line.data[0] | 0x20) != 'c')
        return false; /* most lines, at once */
    rs_slice value = rs_head_find(line, "Content-Encoding");
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (rs_slice_starts(value, known[i]))
            return false;
    return value.size > 0;
}

/* CURLOPT_HEADERFUNCTION: keeps only the last head, so nothing of an interim
 * answer (100, 103) is left. */
static size_t take_head(char *data, size_t one, size_t size, void *context) {
    (void)one;
    rs_request *request = context;
    request->head_total += size;
    if (size >= 5 && memcmp(data, "HTTP/", 5) == 0) {
        rs_buffer_free(&request->head, &request->http->memory);
        request->head_ended = false;
    } else if (request->head.size == 0) {
        return 0; /* libcurl would take "http/1.1 404" for a 200 */
    }
    rs_slice line = {data, size};
    if (is_no_encoding(line)) { /* libcurl would refuse it: see ask_again */
        request->misnamed = request->http->takes_plain = true;
        curl_easy_setopt(request->easy, CURLOPT_HTTP_CONTENT_DECODING, 0L);
    }
    if (size > 0 && (data[0] == '\r' || data[0] == '\n'))
        request->head_ended = true; /* a chunked body's trailers come later */
    request->overflow =
        request->head_total > MAX_HEADS
            ? RS_BUFFER_FULL
            : rs_buffer_append(&request->head, &request->http->memory, data,
                               size);
    return request->overflow == RS_BUFFER_OK ? size : 0;
}

/* Makes room for the whole body at once, if its size is known. */
static void reserve_answer(rs_request *request) {
    curl_off_t length = -1;
    curl_easy_getinfo(request->easy, CURLINFO_CONTENT_LENGTH_DOWNLOAD_T,
                      &length);
    if (length > 0 && length <= 4 * 1024 * 1024)
        rs_buffer_reserve(&request->answer, &request->http->memory,
                          (size_t)length);
}

/* CURLOPT_WRITEFUNCTION */
static size_t take_body(char *data, size_t one, size_t size, void *context) {
    (void)one;
    rs_request *request = context;
    if (request->answer.size == 0)
        reserve_answer(request);
    request->overflow =
        rs_buffer_append(&request->answer, &request->http->memory, data, size);
    return request->overflow == RS_BUFFER_OK ? size : 0;
}

/* CURLOPT_READFUNCTION. The body cannot be rewound, on purpose: otherwise
 * libcurl would send it again by itself if a kept connection turns out to be
 * closed, and a create could take effect twice. */
static size_t give_body(char *to, size_t one, size_t room, void *context) {
    rs_request *request = context;
    size_t left = request->body.size - request->body_at;
    size_t size = room * one < left ? room * one : left;
    memcpy(to, request->body.data + request->body_at, size);
    request->body_at += size;
    return size;
}

/* CURLOPT_PREREQFUNCTION, called before the request goes out on a connection.
 * If a kept connection turns out to be closed, libcurl calls this again with
 * another one. The service may have acted in between, so only a GET may be sent
 * twice without the caller knowing. */
static int before_sending(void *context, char *ip, char *local_ip, int port,
                          int local_port) {
    (void)ip;
    (void)local_ip;
    (void)port;
    (void)local_port;
    rs_request *request = context;
    request->http->closes = request->http->closes || request->went_out;
    if (request->went_out && !request->repeatable)
        return CURL_PREREQFUNC_ABORT;
    long opened = 1;
    curl_easy_getinfo(request->easy, CURLINFO_NUM_CONNECTS, &opened);
    request->reused = opened == 0;
    request->went_out = true;
    return CURL_PREREQFUNC_OK;
}

/* ------------------------------------------------------------ what is sent */

static bool is_token(const char *text) {
    size_t size = strspn(text, "ABCDEFGHIJKLMNOPQRSTUVWXYZ-");
    return size > 0 && text[size] == '\0';
}

/* What follows a '#' would not be sent: a path would lead elsewhere. */
static const char *flaw_of_url(const char *url) {
    rs_slice text = {url, strlen(url)};
    if (!rs_slice_starts(text, "http://") && !rs_slice_starts(text, "https://"))
        return "the URL is not an http or https URL";
    for (const unsigned char *at = (const unsigned char *)url; *at; at++)
        if (*at <= ' ' || *at >= 0x7f || *at == '#')
            return "the URL has a character that must be encoded";
    return text.size > MAX_TEXT ? "the URL is longer than 1 MiB" : NULL;
}

/* libcurl silently leaves out a header without a value. */
static bool is_header(const char *header) {
    size_t name = strcspn(header, ": \t");
    size_t blanks = header[name] == ':' ? strspn(header + name + 1, " \t") : 0;
    return name > 0 && header[name] == ':' &&
           header[name + 1 + blanks] != '\0' && strpbrk(header, "\r\n") == NULL;
}

/* Why the request cannot be sent; NULL: it can. */
static const char *find_flaw(const rs_http *http,
                             const rs_request_options *options) {
    const char *agent = http->user_agent.data;
    if (!is_token(options->method))
        return "the method is not an HTTP method";
    if (options->body != NULL && strcmp(options->method, "HEAD") == 0)
        return "a HEAD has no body";
    const char *flaw = flaw_of_url(options->url);
    if (flaw != NULL)
        return flaw;
    if (agent != NULL && strpbrk(agent, "\r\n") != NULL)
        return "the user agent has a line break";
    if (http->user_agent.size > MAX_TEXT)
        return "the user agent is longer than 1 MiB";
    for (const char *const *at = options->headers; *at != NULL; at++)
        if (!is_header(*at))
            return "a header is not \"Name: value\", or has a line break";
    return NULL;
}

/* Writes a header's text, and its node; returns where the next text goes. */
static char *put_header(struct curl_slist *node, char *to, const char *text) {
    size_t size = strlen(text) + 1;
    node->data = memcpy(to, text, size);
    node->next = node + 1;
    return to + size;
}

/* Makes libcurl's list of the headers, in one block: first the nodes, then the
 * texts. With a body, libcurl must not wait for a 100: some services never send
 * one. */
static bool set_headers(rs_request *request, const char *const *headers) {
    static const char no_waiting[] = "Expect:";
    bool has_body = request->body.data != NULL;
    size_t count = 0, size = has_body ? sizeof no_waiting : 0;
    while (headers[count] != NULL)
        size += strlen(headers[count++]) + 1;
    size_t nodes = count + (has_body ? 1 : 0);
    if (nodes == 0)
        return true;
    size += nodes * sizeof(struct curl_slist);
    struct curl_slist *list = rs_new(&request->http->memory, size);
    if (list == NULL)
        return false;
    char *to = (char *)(list + nodes);
    for (size_t i = 0; i < count; i++)
        to = put_header(&list[i], to, headers[i]);
    if (has_body)
        (void)put_header(&list[count], to, no_waiting);
    list[nodes - 1].next = NULL;
    request->headers = list;
    request->headers_size = size;
    return true;
}

/* Wipes the headers, one of which is the token. */
static void free_headers(rs_request *request) {
    if (request->headers == NULL)
        return;
    rs_wipe(request->headers, request->headers_size);
    rs_free(&request->http->memory, request->headers, request->headers_size);
    request->headers = NULL;
}

#define SET(option, value)                                                     \
    (curl_easy_setopt(request->easy, (option), (value)) == CURLE_OK)

static bool set_callbacks(rs_request *request) {
    return SET(CURLOPT_PRIVATE, (void *)request) &&
           SET(CURLOPT_PREREQFUNCTION, before_sending) &&
           SET(CURLOPT_PREREQDATA, (void *)request) &&
           SET(CURLOPT_ERRORBUFFER, request->message) &&
           SET(CURLOPT_HEADERFUNCTION, take_head) &&
           SET(CURLOPT_HEADERDATA, (void *)request) &&
           SET(CURLOPT_WRITEFUNCTION, take_body) &&
           SET(CURLOPT_WRITEDATA, (void *)request);
}

/* Seconds that a connection may have been idle: libcurl's own limit. For a
 * request with a body it is less, because that must not go out on a dying
 * connection. */
#define IDLE_SECONDS 118L

/* Uses a new connection for a request that must not be sent twice. */
static bool set_fresh(rs_request *request) {
    long own = request->http->closes && !request->repeatable ? 1L : 0L;
    return SET(CURLOPT_FRESH_CONNECT, own) && SET(CURLOPT_FORBID_REUSE, own);
}

static bool set_body(rs_request *request, const rs_request_options *options) {
    bool is_head = strcmp(options->method, "HEAD") == 0; /* no body comes */
    if (options->body == NULL)
        return SET(is_head ? CURLOPT_NOBODY : CURLOPT_HTTPGET, 1L) &&
               SET(CURLOPT_MAXAGE_CONN, IDLE_SECONDS);
    return rs_string_set(&request->body, &request->http->memory, options->body,
                         options->body_size) &&
           SET(CURLOPT_POST, 1L) &&
           SET(CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)options->body_size) &&
           SET(CURLOPT_READFUNCTION, give_body) &&
           SET(CURLOPT_READDATA, (void *)request) &&
           SET(CURLOPT_MAXAGE_CONN, REUSE_SECONDS);
}

/* When memory for a copy of the query runs out, libcurl (7.88) silently sends
 * the request without it: a listing would start over instead of continuing.
 * This does not happen if libcurl gets the target in one piece. That is not
 * possible with a proxy, to which libcurl writes the whole URL; there, it is an
 * error. */
static bool set_target(rs_request *request, const char *url) {
    const char *host = strstr(url, "://") + 3;
    const char *path = host + strcspn(host, "/?");
    bool is_plain = *path != '/' || strchr(path, '?') == NULL ||
                    rs_http_is_forwarded(request->http, url);
    return SET(CURLOPT_URL, url) &&
           SET(CURLOPT_REQUEST_TARGET, is_plain ? NULL : path);
}

/* Asks for a body without encoding, and reads it as it is. */
static bool take_plain(rs_request *request) {
    request->plain = true;
    return SET(CURLOPT_HTTP_CONTENT_DECODING, 0L) &&
           SET(CURLOPT_ACCEPT_ENCODING, NULL);
}

/* libcurl has its own words for a GET and a HEAD without a body, and keeps no
 * copy of them. */
static bool set_method(rs_request *request, const char *method) {
    bool is_own = request->body.data == NULL &&
                  (request->repeatable || strcmp(method, "HEAD") == 0);
    return SET(CURLOPT_CUSTOMREQUEST, is_own ? NULL : method);
}

static bool prepare(rs_request *request, const rs_request_options *options) {
    request->easy = rs_http_take_easy(request->http);
    return request->easy != NULL && set_callbacks(request) &&
           (!request->http->takes_plain || take_plain(request)) &&
           SET(CURLOPT_TIMEOUT_MS, options->timeout_ms) &&
           SET(CURLOPT_CONNECTTIMEOUT_MS, options->connect_timeout_ms) &&
           set_body(request, options) && set_fresh(request) &&
           set_method(request, options->method) &&
           set_target(request, options->url) &&
           set_headers(request, options->headers) &&
           SET(CURLOPT_HTTPHEADER, request->headers);
}

/* ---------------------------------------------------------------- lifetime */

static void link_request(rs_request *request) {
    rs_http *http = request->http;
    request->next = http->first;
    if (http->first != NULL)
        http->first->previous = request;
    http->first = request;
    http->active++;
}

static void unlink_request(rs_request *request) {
    rs_http *http = request->http;
    if (request->previous != NULL)
        request->previous->next = request->next;
    else if (http->first == request)
        http->first = request->next;
    else
        return; /* it was never linked */
    if (request->next != NULL)
        request->next->previous = request->previous;
    request->previous = request->next = NULL;
    http->active--;
}

/* Frees everything that was needed only to send. */
static void free_easy(rs_request *request) {
    if (request->easy != NULL) {
        curl_multi_remove_handle(request->http->multi, request->easy);
        rs_http_give_easy(request->http, request->easy,
                          request->error == RS_HTTP_OK);
        request->easy = NULL;
    }
    free_headers(request);
    rs_string_free(&request->body, &request->http->memory);
}

rs_request *rs_request_start(rs_http *http, const rs_request_options *options) {
    bool ready = rs_http_ready(http);
    rs_request *request = rs_new(&http->memory, sizeof *request);
    if (request == NULL)
        return NULL;
    memset(request, 0, sizeof *request);
    request->http = http;
    rs_http_retain(http);
    request->started = rs_clock();
    request->head.max = RS_HTTP_MAX_HEAD;
    request->head.secret = true; /* it may contain a token */
    if (options->room != NULL) {
        request->answer = rs_buffer_take(options->room);
        request->answer.size = 0;
    }
    request->answer.max = options->max_body;
    request->answer.secret = options->secret;
    request->repeatable = strcmp(options->method, "GET") == 0;
    const char *flaw = find_flaw(http, options);
    if (ready)
        rs_http_drop_spoken(http);
    if (!ready) {
        rs_request_finish(request, RS_HTTP_CANCELLED, "the client is closed");
    } else if (flaw != NULL) {
        rs_request_finish(request, RS_HTTP_INVALID, flaw);
    } else if (!rs_http_open_multi(http) || !prepare(request, options) ||
               curl_multi_add_handle(http->multi, request->easy) != CURLM_OK) {
        rs_request_free(request);
        return NULL;
    } else {
        link_request(request);
        rs_http_kick(http);
    }
    return request;
}

void rs_request_free(rs_request *request) {
    rs_request_cancel(request);
    rs_http *http = request->http;
    rs_allocator memory = http->memory;
    rs_buffer_free(&request->head, &memory);
    rs_buffer_free(&request->answer, &memory);
    rs_free(&memory, request, sizeof *request);
    rs_http_release(http);
}

void rs_request_cancel(rs_request *request) {
    if (request->done)
        return;
    (void)rs_http_ready(request->http); /* a fork ends it, and leaves the */
    if (request->done)                  /* parent's connection alone */
        return;
    rs_sigpipe sigpipe = rs_sigpipe_block(request->http->sigpipe_is_away);
    rs_request_finish(request, RS_HTTP_CANCELLED, "the request was cancelled");
    rs_sigpipe_release(&sigpipe);
}

/* ------------------------------------------------------------------ result */

static void set_message(rs_request *request, const char *message) {
    if (message == request->message)
        return;
    size_t size = strlen(message), room = sizeof request->message - 1;
    size = size < room ? size : room;
    memcpy(request->message, message, size);
    request->message[size] = '\0';
}

void rs_request_finish(rs_request *request, rs_http_error error,
                       const char *message) {
    request->done = true;
    request->ended = rs_clock();
    request->error = error;
    if (request->easy != NULL)
        curl_easy_getinfo(request->easy, CURLINFO_RESPONSE_CODE,
                          &request->status);
    set_message(request, message);
    unlink_request(request);
    free_easy(request);
}

/* libcurl 7 reads a body as it is if it is told so while the head comes in;
 * libcurl 8 has refused it by then. A request that may be sent twice, also a
 * login, is sent again. */
static bool ask_again(rs_request *request, CURLcode code) {
    bool may = request->repeatable || request->answer.secret;
    rs_http *http = request->http;
    if (code != CURLE_BAD_CONTENT_ENCODING || !request->misnamed ||
        request->plain || !may)
        return false;
    curl_multi_remove_handle(http->multi, request->easy);
    rs_buffer_free(&request->head, &http->memory);
    rs_buffer_free(&request->answer, &http->memory);
    request->head_total = request->body_at = 0;
    request->head_ended = request->went_out = request->misnamed = false;
    return take_plain(request) &&
           curl_multi_add_handle(http->multi, request->easy) == CURLM_OK;
}

void rs_request_finish_curl(rs_request *request, CURLcode code) {
    if (ask_again(request, code))
        return;
    rs_http_error error = rs_verdict_classify(request, code);
    if (error == RS_HTTP_OK && request->reused)
        request->http->closes = false; /* at least not all of them */
    rs_request_finish(request, error,
                      rs_verdict_describe(request, error, code));
}

/* After an address failed, libcurl 7.88 to 8.3 comes to the next one only when
 * one of its timers runs out, perhaps the one for the whole connection. A pause
 * that ends makes a handle run again. */
void rs_request_try_next(rs_http *http) {
    http->has_closed = false;
    for (rs_request *at = http->first; at != NULL; at = at->next)
        if (!at->went_out) {
            (void)curl_easy_pause(at->easy, CURLPAUSE_RECV);
            (void)curl_easy_pause(at->easy, CURLPAUSE_CONT);
        }
}

bool rs_request_is_done(const rs_request *request) {
    return request->done;
}

rs_http_error rs_request_error(const rs_request *request) {
    return request->error;
}

const char *rs_request_message(const rs_request *request) {
    return request->message;
}

/* What TLS refuses, the service has not seen. */
bool rs_request_was_sent(const rs_request *request) {
    if (request->done && request->error == RS_HTTP_TLS)
        return false;
    return request->body.size > 0 ? request->body_at > 0 : request->went_out;
}

bool rs_request_was_reused(const rs_request *request) {
    return request->reused;
}

rs_buffer rs_request_take_body(rs_request *request) {
    return rs_buffer_take(&request->answer);
}

long rs_request_status(const rs_request *request) {
    return request->status;
}

/* Until the request is done, any step may move the bytes. */
rs_slice rs_request_body(const rs_request *request) {
    rs_slice body = {request->answer.data, request->answer.size};
    if (body.data == NULL || !request->done)
        body = (rs_slice){"", 0};
    return body;
}

double rs_request_seconds(const rs_request *request) {
    int64_t end = request->done ? request->ended : rs_clock();
    return (double)(end - request->started) / 1000;
}

rs_slice rs_request_head(const rs_request *request) {
    return (rs_slice){request->head.data,
                      request->done ? request->head.size : 0};
}

rs_slice rs_request_header(const rs_request *request, const char *name) {
    return rs_head_find(rs_request_head(request), name);
}
