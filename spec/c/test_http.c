/*
 * Requests over the network, without Lua: against a server in a thread that
 * answers each request with the next of the answers it was given.
 */
#define _DEFAULT_SOURCE
#include <arpa/inet.h>
#include <fcntl.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "http/http.h"
#include "http/poller.h"

#define OK "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nX-Name: value \r\n\r\nhi"
#define SILENCE ""  /* reads the request and says nothing */
#define HANG_UP "!" /* what begins so ends the connection */
#define LATE "~"    /* what begins so comes after a moment */

typedef struct server {
    int listener;
    int port;
    pthread_t thread;
    const char *const *answers; /* NULL-terminated; the last is repeated */
    int requests, connections;
    char last[4096]; /* the last request, whole */
} server;

/* ---------------------------------------------------------------- the server
 */

/* Reads a request with its body; false when the connection is over. */
static bool read_request(int fd, char *text, size_t room) {
    size_t size = 0, wanted = 0;
    memset(text, 0, room);
    while (wanted == 0 || size < wanted) {
        ssize_t got = read(fd, text + size, room - 1 - size);
        if (got <= 0)
            return false;
        size += (size_t)got;
        char *end = strstr(text, "\r\n\r\n");
        char *length = strstr(text, "Content-Length: ");
        if (end != NULL)
            wanted = (size_t)(end + 4 - text) +
                     (length != NULL ? strtoul(length + 16, NULL, 10) : 0);
    }
    return true;
}

/* Serves a connection; false when the server is to end. */
static bool serve(server *s, int fd) {
    char text[sizeof s->last];
    while (read_request(fd, text, sizeof text)) {
        if (strncmp(text, "GET /stop ", 10) == 0)
            return false;
        const char *answer = *s->answers;
        bool last = answer[0] == '!', late = answer[0] == '~';
        memcpy(s->last, text, sizeof text);
        if (s->answers[1] != NULL)
            s->answers++;
        s->requests++;
        if (late)
            usleep(200000);
        answer += last || late;
        if (write(fd, answer, strlen(answer)) < 0 || last)
            break;
    }
    return true;
}

static void *run_server(void *context) {
    server *s = context;
    for (bool going = true; going;) {
        int fd = accept(s->listener, NULL, NULL);
        if (fd < 0)
            break;
        s->connections++;
        going = serve(s, fd);
        close(fd);
    }
    return NULL;
}

static void start_server(server *s, const char *const *answers) {
    struct sockaddr_in address = {.sin_family = AF_INET};
    socklen_t size = sizeof address;
    memset(s, 0, sizeof *s);
    s->answers = answers;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    s->listener = socket(AF_INET, SOCK_STREAM, 0);
    assert_int_equal(
        bind(s->listener, (struct sockaddr *)&address, sizeof address), 0);
    assert_int_equal(listen(s->listener, 8), 0);
    getsockname(s->listener, (struct sockaddr *)&address, &size);
    s->port = ntohs(address.sin_port);
    assert_int_equal(pthread_create(&s->thread, NULL, run_server, s), 0);
}

static void stop_server(server *s) {
    struct sockaddr_in address = {.sin_family = AF_INET,
                                  .sin_port = htons((uint16_t)s->port)};
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    if (connect(fd, (struct sockaddr *)&address, sizeof address) == 0) {
        ssize_t sent = write(fd, "GET /stop HTTP/1.1\r\n\r\n", 22);
        assert_true(sent == 22);
    }
    pthread_join(s->thread, NULL);
    close(fd);
    close(s->listener);
}

#define ANSWERS(...)                                                           \
    (const char *const[]) {                                                    \
        __VA_ARGS__, NULL                                                      \
    }

/* ---------------------------------------------------------------- the client
 */

static size_t live;          /* blocks of the core's memory */
static size_t refuse_in = 0; /* which block from now on is refused; 0: none */

static void *counted(void *context, void *ptr, size_t old, size_t size) {
    (void)context;
    (void)old;
    if (size > 0 && refuse_in > 0 && --refuse_in == 0)
        return NULL;
    live += (ptr == NULL && size > 0) ? 1 : 0;
    live -= (ptr != NULL && size == 0) ? 1 : 0;
    if (size > 0)
        return realloc(ptr, size);
    free(ptr);
    return NULL;
}

static bool secret_left; /* in a block that was given back */

static void *inspected(void *context, void *ptr, size_t old, size_t size) {
    for (size_t i = 0; ptr != NULL && size == 0 && i + 6 <= old; i++)
        secret_left = secret_left || memcmp((char *)ptr + i, "secret", 6) == 0;
    return counted(context, ptr, old, size);
}

static rs_http *open_http(void) {
    rs_allocator memory = {inspected, NULL};
    rs_http_options options = {.proxy = "", .user_agent = "test"};
    rs_http *http = rs_http_new(&memory, &options);
    assert_non_null(http);
    return http;
}

static rs_request *start(rs_http *http, const server *s,
                         rs_request_options options) {
    char url[64];
    static const char *const none[] = {NULL};
    snprintf(url, sizeof url, "http://127.0.0.1:%d/path", s->port);
    options.url = url;
    if (options.method == NULL)
        options.method = "GET";
    if (options.headers == NULL)
        options.headers = none;
    if (options.max_body == 0)
        options.max_body = 1000;
    if (options.timeout_ms == 0)
        options.timeout_ms = 5000;
    options.connect_timeout_ms = 5000;
    rs_request *request = rs_request_start(http, &options);
    assert_non_null(request);
    return request;
}

static void finish(rs_http *http, rs_request *request) {
    while (!rs_request_is_done(request)) {
        long due = rs_http_timeout(http);
        rs_poll_one(rs_http_fd(http), RS_POLL_READ, due < 0 ? 100 : (int)due);
        rs_http_step(http);
    }
}

static rs_request *fetch(rs_http *http, const server *s,
                         rs_request_options options) {
    rs_request *request = start(http, s, options);
    finish(http, request);
    return request;
}

static void assert_slice(rs_slice slice, const char *text) {
    assert_int_equal(slice.size, strlen(text));
    assert_memory_equal(slice.data, text, slice.size);
}

#define PLAIN ((rs_request_options){0})

/* ----------------------------------------------------------------- the tests
 */

static void gives_the_answer(void **state) {
    (void)state;
    server s;
    start_server(&s, ANSWERS(OK));
    rs_http *http = open_http();
    rs_request *request = fetch(http, &s, PLAIN);
    assert_int_equal(rs_request_error(request), RS_HTTP_OK);
    assert_int_equal(rs_request_status(request), 200);
    assert_slice(rs_request_body(request), "hi");
    assert_slice(rs_request_header(request, "x-NAME"), "value");
    assert_null(rs_request_header(request, "x-other").data);
    assert_true(rs_request_was_sent(request));
    assert_int_equal(rs_http_active(http), 0);
    rs_request_free(request);
    rs_http_release(http);
    stop_server(&s);
    assert_int_equal(live, 0);
}

static void keeps_its_connection(void **state) {
    (void)state;
    server s;
    start_server(&s, ANSWERS(OK));
    rs_http *http = open_http();
    for (int i = 0; i < 5; i++)
        rs_request_free(fetch(http, &s, PLAIN));
    rs_http_release(http);
    stop_server(&s);
    assert_int_equal(s.requests, 5);
    assert_int_equal(s.connections, 2); /* ours, and the one that stops it */
}

static void sends_headers_and_a_body(void **state) {
    (void)state;
    server s;
    start_server(&s, ANSWERS(OK));
    rs_http *http = open_http();
    const char *headers[] = {"X-One: 1", "Content-Type: text/plain", NULL};
    rs_request_options options = {
        .method = "PUT", .headers = headers, .body = "a\0b", .body_size = 3};
    rs_request_free(fetch(http, &s, options));
    rs_http_release(http);
    stop_server(&s);
    assert_int_equal(strncmp(s.last, "PUT /path HTTP/1.1\r\n", 20), 0);
    assert_non_null(strstr(s.last, "\r\nX-One: 1\r\n"));
    assert_non_null(strstr(s.last, "\r\nUser-Agent: test\r\n"));
    assert_null(strstr(s.last, "Expect"));
    const char *body = strstr(s.last, "\r\n\r\n") + 4;
    assert_memory_equal(body, "a\0b", 3);
}

static void sends_no_line_break(void **state) {
    (void)state;
    server s;
    start_server(&s, ANSWERS(OK));
    rs_http *http = open_http();
    const char *headers[] = {"X-One: 1\r\nX-Two: 2", NULL};
    rs_request_options bad[] = {{.headers = headers},
                                {.method = "GET / HTTP/1.1\r\nX"}};
    for (size_t i = 0; i < 2; i++) {
        rs_request *request = start(http, &s, bad[i]);
        assert_true(rs_request_is_done(request));
        assert_int_equal(rs_request_error(request), RS_HTTP_INVALID);
        assert_false(rs_request_was_sent(request));
        rs_request_free(request);
    }
    rs_http_release(http);
    stop_server(&s);
    assert_int_equal(s.requests, 0);
}

static void caps_the_body(void **state) {
    (void)state;
    server s;
    start_server(&s, ANSWERS(OK));
    rs_http *http = open_http();
    rs_request_options options = {.max_body = 1};
    rs_request *request = fetch(http, &s, options);
    assert_int_equal(rs_request_error(request), RS_HTTP_TOO_LARGE);
    rs_request_free(request);
    options.max_body = 2;
    request = fetch(http, &s, options);
    assert_int_equal(rs_request_error(request), RS_HTTP_OK);
    rs_request_free(request);
    rs_http_release(http);
    stop_server(&s);
}

static void ends_at_its_deadline(void **state) {
    (void)state;
    server s;
    start_server(&s, ANSWERS(SILENCE));
    rs_http *http = open_http();
    rs_request_options options = {.timeout_ms = 100};
    rs_request *request = fetch(http, &s, options);
    assert_int_equal(rs_request_error(request), RS_HTTP_TIMEOUT);
    assert_true(rs_request_seconds(request) < 2);
    rs_request_free(request);
    rs_http_release(http);
    stop_server(&s);
}

static void takes_a_cut_answer_for_none(void **state) {
    (void)state;
    static const char *const cut[] = {
        "!HTTP/1.1 200 OK", "!HTTP/1.1 200 OK\r\n",
        "!HTTP/1.1 200 OK\r\nContent-Le",
        "!HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nab"};
    for (size_t i = 0; i < sizeof cut / sizeof *cut; i++) {
        server s;
        start_server(&s, ANSWERS(cut[i]));
        rs_http *http = open_http();
        rs_request *request = fetch(http, &s, PLAIN);
        assert_int_equal(rs_request_error(request), RS_HTTP_NETWORK);
        rs_request_free(request);
        rs_http_release(http);
        stop_server(&s);
    }
}

/* What comes next may move it, while somebody reads. */
static void gives_nothing_of_an_answer_before_its_end(void **state) {
    (void)state;
    server s;
    start_server(&s, ANSWERS("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n"
                             "X-Name: value\r\n\r\nhalf",
                             OK));
    rs_http *http = open_http();
    rs_request *request =
        start(http, &s, (rs_request_options){.timeout_ms = 300});
    while (!rs_request_is_done(request)) {
        assert_slice(rs_request_body(request), "");
        assert_null(rs_request_header(request, "X-Name").data);
        rs_poll_one(rs_http_fd(http), RS_POLL_READ, 10);
        rs_http_step(http);
    }
    assert_int_equal(rs_request_error(request), RS_HTTP_TIMEOUT);
    assert_slice(rs_request_body(request), "half");
    assert_slice(rs_request_header(request, "X-Name"), "value");
    rs_request_free(request);
    rs_http_release(http);
    stop_server(&s);
}

static void wipes_what_it_sent_and_got(void **state) {
    (void)state;
    static const char *const answers[] = {
        "HTTP/1.1 200 OK\r\nX-Token: secret\r\nContent-Length: 6\r\n\r\nsecret",
        "HTTP/1.1 103 Early Hints\r\nX-Long-Name-Of-A-Header: "
        "with a long value, and a secret\r\n\r\n" OK};
    for (size_t i = 0; i < sizeof answers / sizeof *answers; i++) {
        server s;
        secret_left = false;
        start_server(&s, ANSWERS(answers[i]));
        rs_http *http = open_http();
        rs_request_options options = {
            .method = "POST", .body = "secret", .body_size = 6, .secret = true};
        rs_request *request = fetch(http, &s, options);
        assert_int_equal(rs_request_error(request), RS_HTTP_OK);
        rs_request_free(request);
        rs_http_release(http);
        stop_server(&s);
        assert_false(secret_left);
    }
}

/* libcurl would repeat it on a new connection; for what is not a GET that is
 * the caller's to decide. */
static void never_repeats_a_post_by_itself(void **state) {
    (void)state;
    static const char *const methods[] = {"POST", "PUT", "DELETE"};
    for (size_t i = 0; i < 3; i++) {
        server s;
        start_server(&s, ANSWERS(OK, HANG_UP, OK));
        rs_http *http = open_http();
        rs_request_free(fetch(http, &s, PLAIN)); /* now it is kept */
        rs_request_options options = {.method = methods[i]};
        if (i < 2) {
            options.body = "{}";
            options.body_size = 2;
        }
        rs_request *request = fetch(http, &s, options);
        assert_int_equal(rs_request_error(request), RS_HTTP_NETWORK);
        assert_true(rs_request_was_sent(request));
        rs_request_free(request);
        rs_http_release(http);
        stop_server(&s);
        assert_int_equal(s.requests, 2);
    }
}

static void cancels(void **state) {
    (void)state;
    server s;
    start_server(&s, ANSWERS(SILENCE));
    rs_http *http = open_http();
    rs_request *one = start(http, &s, PLAIN), *two = start(http, &s, PLAIN);
    rs_http_step(http);
    assert_int_equal(rs_http_active(http), 2);
    rs_request_cancel(one);
    assert_int_equal(rs_request_error(one), RS_HTTP_CANCELLED);
    rs_http_close(http);
    assert_int_equal(rs_request_error(two), RS_HTTP_CANCELLED);
    assert_int_equal(rs_http_fd(http), -1);
    rs_http_release(http); /* the requests still refer to it */
    rs_request_free(one);
    rs_request_free(two);
    assert_int_equal(live, 0);
    stop_server(&s);
}

#ifdef TORTURE_COVERAGE
void __gcov_dump(void); /* _exit alone would lose what the child reached */
#else
#define __gcov_dump() ((void)0)
#endif

/* Ends a child, whose parent is told whether all was well. */
static void leave(bool well) {
    __gcov_dump();
    _exit(well ? 0 : 1);
}

static void assert_child_is_well(pid_t child) {
    int status = -1;
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_int_equal(status, 0);
}

static void goes_on_after_a_fork(void **state) {
    (void)state;
    server s;
    start_server(&s, ANSWERS(OK));
    rs_http *http = open_http();
    rs_request_free(fetch(http, &s, PLAIN));
    int parents = rs_http_fd(http);
    pid_t child = fork();
    if (child == 0) {
        /* an end of the parent's connection would show as a third one */
        bool fresh = rs_http_fd(http) >= 0;
        rs_http_release(http);
        leave(fresh);
    }
    assert_child_is_well(child);
    assert_int_equal(rs_http_fd(http), parents);
    rs_request_free(fetch(http, &s, PLAIN));
    rs_http_release(http);
    stop_server(&s);
    assert_int_equal(s.requests, 2);
    assert_int_equal(s.connections, 2);
}

/* Steps until the request is on its way, or over. */
static void send_off(rs_http *http, rs_request *request) {
    while (!rs_request_was_sent(request) && !rs_request_is_done(request)) {
        rs_poll_one(rs_http_fd(http), RS_POLL_READ, 10);
        rs_http_step(http);
    }
}

/* A child may have no use for the client, and only close it: neither the
 * server nor what the parent watches may notice. */
static void is_closed_in_a_child_which_nobody_notices(void **state) {
    (void)state;
    for (int busy = 0; busy < 2; busy++) {
        server s;
        start_server(&s, ANSWERS(OK, LATE OK, OK));
        rs_http *http = open_http();
        rs_request_free(fetch(http, &s, PLAIN));
        rs_request *request = start(http, &s, PLAIN);
        (busy ? send_off : finish)(http, request);
        bool over = rs_request_is_done(request);
        assert_int_equal(over, !busy);
        pid_t child = fork();
        if (child == 0) {
            rs_http_close(http);
            bool well = rs_http_fd(http) == -1 && rs_request_is_done(request);
            leave(well && (rs_request_error(request) == RS_HTTP_OK) == over);
        }
        assert_child_is_well(child);
        finish(http, request);
        assert_int_equal(rs_request_error(request), RS_HTTP_OK);
        rs_request_free(request);
        rs_request_free(fetch(http, &s, PLAIN));
        rs_http_release(http);
        stop_server(&s);
        assert_int_equal(s.requests, 3);
        assert_int_equal(s.connections, 2);
    }
}

/* The same of a request alone, which a collector may come to before its
 * transport: libcurl would take the socket off the poller, which is the
 * parent's too, and wait for a resolver thread, which only the parent has. */
static void is_given_up_in_a_child_which_nobody_notices(void **state) {
    (void)state;
    server s;
    start_server(&s, ANSWERS(OK, LATE OK));
    rs_http *http = open_http();
    rs_request_free(fetch(http, &s, PLAIN)); /* no timer of connecting's now */
    rs_request *request = start(http, &s, PLAIN);
    send_off(http, request);
    pid_t child = fork();
    if (child == 0) {
        rs_request_cancel(request);
        bool well = rs_request_error(request) == RS_HTTP_NETWORK;
        rs_request_free(request);
        rs_http_release(http);
        leave(well);
    }
    assert_child_is_well(child);
    finish(http, request);
    assert_int_equal(rs_request_error(request), RS_HTTP_OK);
    rs_request_free(request);
    rs_http_release(http);
    stop_server(&s);
    assert_int_equal(s.connections, 2);
}

static void stays_closed(void **state) {
    (void)state;
    server s;
    start_server(&s, ANSWERS(OK));
    rs_http *http = open_http();
    rs_http_close(http);
    rs_http_close(http);
    assert_true(rs_http_is_closed(http));
    rs_http_step(http);
    assert_int_equal(rs_http_fd(http), -1);
    assert_int_equal(rs_http_timeout(http), -1);
    rs_request *request = start(http, &s, PLAIN);
    assert_true(rs_request_is_done(request));
    assert_int_equal(rs_request_error(request), RS_HTTP_CANCELLED);
    assert_string_equal(rs_request_message(request), "the client is closed");
    assert_false(rs_request_was_sent(request));
    rs_request_free(request);
    rs_http_release(http);
    stop_server(&s);
    assert_int_equal(s.requests, 0);
    assert_int_equal(live, 0);
}

/* --------------------------------------------------------- want of resources
 */

/* Whatever descriptors are open, there will be no more. */
static struct rlimit take_descriptors(void) {
    struct rlimit before, none;
    assert_int_equal(getrlimit(RLIMIT_NOFILE, &before), 0);
    none = before;
    none.rlim_cur = 0;
    assert_int_equal(setrlimit(RLIMIT_NOFILE, &none), 0);
    return before;
}

static void says_when_no_descriptor_is_left(void **state) {
    (void)state;
    static const char *const none[] = {NULL};
    rs_request_options options = {.method = "POST",
                                  .url = "http://127.0.0.1:1/",
                                  .headers = none,
                                  .body = "x",
                                  .body_size = 1,
                                  .max_body = 1,
                                  .timeout_ms = 5000,
                                  .connect_timeout_ms = 5000};
    rs_allocator memory = {counted, NULL};
    rs_http *http = open_http();
    struct rlimit before = take_descriptors();
    assert_null(rs_http_new(&memory, &(rs_http_options){0}));
    rs_request *request = rs_request_start(http, &options);
    finish(http, request);
    assert_int_equal(setrlimit(RLIMIT_NOFILE, &before), 0);
    assert_int_equal(rs_request_error(request), RS_HTTP_NETWORK);
    assert_false(rs_request_was_sent(request));
    rs_request_free(request);
    rs_http_release(http);
    assert_int_equal(live, 0);
}

static void is_closed_in_a_child_without_descriptors(void **state) {
    (void)state;
    server s;
    start_server(&s, ANSWERS(OK));
    rs_http *http = open_http();
    rs_request *request = start(http, &s, PLAIN);
    rs_http_step(http);
    pid_t child = fork();
    if (child == 0) {
        struct rlimit before = take_descriptors();
        bool closed = rs_http_fd(http) == -1 && rs_http_is_closed(http);
        closed = setrlimit(RLIMIT_NOFILE, &before) == 0 && closed;
        leave(closed && rs_request_error(request) == RS_HTTP_NETWORK);
    }
    assert_child_is_well(child);
    finish(http, request);
    assert_int_equal(rs_request_error(request), RS_HTTP_OK);
    rs_request_free(request);
    rs_http_release(http);
    stop_server(&s);
}

static int open_descriptors(void) {
    int count = 0;
    for (int fd = 0; fd < 1000; fd++)
        count += fcntl(fd, F_GETFD) >= 0;
    return count;
}

/* Where the parent's connections cannot be put to sleep they are left alone:
 * libcurl would write to one of TLS when it closes it. */
static void leaves_connections_alone_that_it_cannot_put_to_sleep(void **state) {
    (void)state;
    server s;
    start_server(&s, ANSWERS(OK));
    rs_http *http = open_http();
    rs_request_free(fetch(http, &s, PLAIN));
    pid_t child = fork();
    if (child == 0) {
        int before = open_descriptors();
        struct rlimit limit = take_descriptors();
        rs_http_close(http);
        bool well = setrlimit(RLIMIT_NOFILE, &limit) == 0;
        leave(well && open_descriptors() == before - 1); /* the poller's */
    }
    assert_child_is_well(child);
    rs_request_free(fetch(http, &s, PLAIN));
    rs_http_release(http);
    stop_server(&s);
    assert_int_equal(s.connections, 2);
}

static void gives_everything_back_when_memory_is_out(void **state) {
    (void)state;
    rs_allocator memory = {counted, NULL};
    rs_http_options options = {.cacert = "/nowhere/ca",
                               .cert = "/nowhere/cert",
                               .key = "/nowhere/key",
                               .proxy = "http://127.0.0.1:1",
                               .user_agent = "test"};
    for (size_t refused = 1; refused <= 6; refused++) {
        refuse_in = refused;
        assert_null(rs_http_new(&memory, &options));
        assert_int_equal(live, 0);
    }
    refuse_in = 7; /* more than it takes */
    rs_http *http = rs_http_new(&memory, &options);
    assert_non_null(http);
    refuse_in = 0;
    rs_http_release(http);
    assert_int_equal(live, 0);
}

/* Of a socket nobody could let go after a fork. */
static void opens_no_socket_that_it_cannot_remember(void **state) {
    (void)state;
    server s;
    start_server(&s, ANSWERS(OK));
    rs_http *http = open_http();
    refuse_in = 2; /* the first is the request */
    rs_request *request = start(http, &s, PLAIN);
    assert_int_equal(refuse_in, 0);
    finish(http, request);
    assert_int_equal(rs_request_error(request), RS_HTTP_NETWORK);
    assert_false(rs_request_was_sent(request));
    rs_request_free(request);
    request = fetch(http, &s, PLAIN);
    assert_int_equal(rs_request_error(request), RS_HTTP_OK);
    rs_request_free(request);
    rs_http_release(http);
    stop_server(&s);
    assert_int_equal(live, 0);
}

static void watches_only_what_can_be_watched(void **state) {
    (void)state;
    int ends[2], poller = rs_poller_open();
    rs_poll_event event;
    assert_true(poller >= 0);
    assert_int_equal(pipe(ends), 0);
    assert_true(rs_poller_watch(poller, ends[1], RS_POLL_READ));
    assert_int_equal(rs_poller_ready(poller, &event, 1), 0);
    assert_true(rs_poller_watch(poller, ends[1], RS_POLL_WRITE)); /* instead */
    assert_int_equal(rs_poller_ready(poller, &event, 1), 1);
    assert_int_equal(event.fd, ends[1]);
    assert_int_equal(event.what, RS_POLL_WRITE);
    close(ends[0]);
    assert_int_equal(rs_poller_ready(poller, &event, 1), 1);
    assert_int_equal(event.what & RS_POLL_ERROR, RS_POLL_ERROR);
    assert_true(rs_poller_watch(poller, ends[1], 0));
    assert_int_equal(rs_poller_ready(poller, &event, 1), 0);
    close(ends[1]);
    assert_false(rs_poller_watch(poller, ends[1], RS_POLL_READ));
    assert_true(rs_poller_watch(poller, ends[1], 0)); /* nothing to end */
    close(poller);
    assert_int_equal(rs_poller_ready(poller, &event, 1), 0);
}

static void says_where_nobody_is(void **state) {
    (void)state;
    server s;
    start_server(&s, ANSWERS(OK));
    stop_server(&s);
    rs_http *http = open_http();
    rs_request_options options = {
        .method = "POST", .body = "x", .body_size = 1};
    rs_request *request = fetch(http, &s, options);
    assert_int_equal(rs_request_error(request), RS_HTTP_NETWORK);
    assert_false(rs_request_was_sent(request));
    rs_request_free(request);
    rs_http_release(http);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(gives_the_answer),
        cmocka_unit_test(keeps_its_connection),
        cmocka_unit_test(sends_headers_and_a_body),
        cmocka_unit_test(sends_no_line_break),
        cmocka_unit_test(caps_the_body),
        cmocka_unit_test(ends_at_its_deadline),
        cmocka_unit_test(takes_a_cut_answer_for_none),
        cmocka_unit_test(gives_nothing_of_an_answer_before_its_end),
        cmocka_unit_test(wipes_what_it_sent_and_got),
        cmocka_unit_test(never_repeats_a_post_by_itself),
        cmocka_unit_test(cancels),
        cmocka_unit_test(goes_on_after_a_fork),
        cmocka_unit_test(is_closed_in_a_child_which_nobody_notices),
        cmocka_unit_test(is_given_up_in_a_child_which_nobody_notices),
        cmocka_unit_test(stays_closed),
        cmocka_unit_test(says_when_no_descriptor_is_left),
        cmocka_unit_test(is_closed_in_a_child_without_descriptors),
        cmocka_unit_test(leaves_connections_alone_that_it_cannot_put_to_sleep),
        cmocka_unit_test(gives_everything_back_when_memory_is_out),
        cmocka_unit_test(opens_no_socket_that_it_cannot_remember),
        cmocka_unit_test(watches_only_what_can_be_watched),
        cmocka_unit_test(says_where_nobody_is),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
