/*
 * Requests over the network, without Lua.
 */
#define _DEFAULT_SOURCE
#include <arpa/inet.h>
#include <fcntl.h>
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
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "http/http_internal.h"
#include "http/poller.h"
#include "memory.h"
#include "server.h"

/* ---------------------------------------------------------------- the client
 */

#define LONG 60000 /* ms: on a busy machine, too */

/* The server of the running test, and what it had seen at the end. */
static server *here;
static int requests, connections;

static rs_http *open_http(void) {
    rs_http_options options = {.proxy = "", .user_agent = "test"};
    rs_http *http = rs_http_new(&test_allocator, &options);
    assert_non_null(http);
    return http;
}

/* Starts a server with these answers, and a client. */
static rs_http *begin(const char *const *answers) {
    here = server_start(answers);
    return open_http();
}

/* Ends both. All requests must have been freed before. */
static void end(rs_http *http) {
    requests = server_requests(here);
    connections = server_connections(here);
    rs_http_release(http);
    server_stop(here);
    assert_no_block_is_left();
}

static rs_request *start(rs_http *http, rs_request_options options) {
    static const char *const none[] = {NULL};
    if (options.url == NULL)
        options.url = server_url(here, "/path");
    if (options.method == NULL)
        options.method = "GET";
    if (options.headers == NULL)
        options.headers = none;
    if (options.max_body == 0)
        options.max_body = 1000;
    if (options.timeout_ms == 0)
        options.timeout_ms = LONG;
    options.connect_timeout_ms = LONG;
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

static rs_request *fetch(rs_http *http, rs_request_options options) {
    rs_request *request = start(http, options);
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
    rs_http *http = begin(ANSWERS(OK));
    rs_request *request = fetch(http, PLAIN);
    assert_int_equal(rs_request_error(request), RS_HTTP_OK);
    assert_int_equal(rs_request_status(request), 200);
    assert_slice(rs_request_body(request), "hi");
    assert_slice(rs_request_header(request, "x-NAME"), "value");
    assert_null(rs_request_header(request, "x-other").data);
    assert_true(rs_request_was_sent(request));
    assert_int_equal(http->active, 0);
    rs_request_free(request);
    end(http);
}

static void keeps_its_connection(void **state) {
    (void)state;
    rs_http *http = begin(ANSWERS(OK));
    for (int i = 0; i < 5; i++)
        rs_request_free(fetch(http, PLAIN));
    end(http);
    assert_int_equal(requests, 5);
    assert_int_equal(connections, 1);
}

static void sends_headers_and_a_body(void **state) {
    (void)state;
    rs_http *http = begin(ANSWERS(OK));
    const char *headers[] = {"X-One: 1", "Content-Type: text/plain", NULL};
    rs_request_options options = {
        .method = "PUT", .headers = headers, .body = "a\0b", .body_size = 3};
    rs_request_free(fetch(http, options));
    const char *sent = server_request(here, 0);
    assert_int_equal(strncmp(sent, "PUT /path HTTP/1.1\r\n", 20), 0);
    assert_non_null(strstr(sent, "\r\nX-One: 1\r\n"));
    assert_non_null(strstr(sent, "\r\nUser-Agent: test\r\n"));
    assert_null(strstr(sent, "Expect"));
    const char *body = strstr(sent, "\r\n\r\n") + 4;
    assert_memory_equal(body, "a\0b", 3);
    end(http);
}

static void sends_no_line_break(void **state) {
    (void)state;
    rs_http *http = begin(ANSWERS(OK));
    const char *headers[] = {"X-One: 1\r\nX-Two: 2", NULL};
    rs_request_options bad[] = {{.headers = headers},
                                {.method = "GET / HTTP/1.1\r\nX"}};
    for (size_t i = 0; i < 2; i++) {
        rs_request *request = start(http, bad[i]);
        assert_true(rs_request_is_done(request));
        assert_int_equal(rs_request_error(request), RS_HTTP_INVALID);
        assert_false(rs_request_was_sent(request));
        rs_request_free(request);
    }
    end(http);
    assert_int_equal(requests, 0);
}

static void caps_the_body(void **state) {
    (void)state;
    rs_http *http = begin(ANSWERS(OK));
    rs_request_options options = {.max_body = 1};
    rs_request *request = fetch(http, options);
    assert_int_equal(rs_request_error(request), RS_HTTP_TOO_LARGE);
    rs_request_free(request);
    options.max_body = 2;
    request = fetch(http, options);
    assert_int_equal(rs_request_error(request), RS_HTTP_OK);
    rs_request_free(request);
    end(http);
}

static void ends_at_its_deadline(void **state) {
    (void)state;
    rs_http *http = begin(ANSWERS(SILENCE));
    rs_request_options options = {.timeout_ms = 100};
    rs_request *request = fetch(http, options);
    assert_int_equal(rs_request_error(request), RS_HTTP_TIMEOUT);
    assert_true(rs_request_seconds(request) < LONG / 1000 / 2);
    rs_request_free(request);
    end(http);
}

static void takes_a_cut_answer_for_none(void **state) {
    (void)state;
    static const char *const cut[] = {
        "!HTTP/1.1 200 OK", "!HTTP/1.1 200 OK\r\n",
        "!HTTP/1.1 200 OK\r\nContent-Le",
        "!HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nab"};
    for (size_t i = 0; i < sizeof cut / sizeof *cut; i++) {
        rs_http *http = begin(ANSWERS(cut[i]));
        rs_request *request = fetch(http, PLAIN);
        assert_int_equal(rs_request_error(request), RS_HTTP_NETWORK);
        rs_request_free(request);
        end(http);
    }
}

/* Later bytes may move the buffer while somebody reads it. */
static void gives_nothing_of_an_answer_before_its_end(void **state) {
    (void)state;
    rs_http *http = begin(ANSWERS("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n"
                                  "X-Name: value\r\n\r\nhalf",
                                  OK));
    rs_request *request = start(http, (rs_request_options){.timeout_ms = 300});
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
    end(http);
}

static void wipes_what_it_sent_and_got(void **state) {
    (void)state;
    static const char *const answers[] = {
        "HTTP/1.1 200 OK\r\nX-Token: secret\r\nContent-Length: 6\r\n\r\nsecret",
        "HTTP/1.1 103 Early Hints\r\nX-Long-Name-Of-A-Header: "
        "with a long value, and a secret\r\n\r\n" OK};
    for (size_t i = 0; i < sizeof answers / sizeof *answers; i++) {
        memory.secret_left = false;
        rs_http *http = begin(ANSWERS(answers[i]));
        rs_request_options options = {
            .method = "POST", .body = "secret", .body_size = 6, .secret = true};
        rs_request *request = fetch(http, options);
        assert_int_equal(rs_request_error(request), RS_HTTP_OK);
        rs_request_free(request);
        end(http);
        assert_false(memory.secret_left);
    }
}

/* libcurl would repeat it on a new connection. Unless it is a GET, that is for
 * the caller to decide. */
static void never_repeats_a_post_by_itself(void **state) {
    (void)state;
    static const char *const methods[] = {"POST", "PUT", "DELETE"};
    for (size_t i = 0; i < 3; i++) {
        rs_http *http = begin(ANSWERS(OK, HANG_UP, OK));
        rs_request_free(fetch(http, PLAIN)); /* now the connection is kept */
        rs_request_options options = {.method = methods[i]};
        if (i < 2) {
            options.body = "{}";
            options.body_size = 2;
        }
        rs_request *request = fetch(http, options);
        assert_int_equal(rs_request_error(request), RS_HTTP_NETWORK);
        assert_true(rs_request_was_sent(request));
        rs_request_free(request);
        end(http);
        assert_int_equal(requests, 2);
    }
}

static void cancels(void **state) {
    (void)state;
    rs_http *http = begin(ANSWERS(SILENCE));
    rs_request *one = start(http, PLAIN), *two = start(http, PLAIN);
    rs_http_step(http);
    assert_int_equal(http->active, 2);
    rs_request_cancel(one);
    assert_int_equal(rs_request_error(one), RS_HTTP_CANCELLED);
    rs_http_close(http);
    assert_int_equal(rs_request_error(two), RS_HTTP_CANCELLED);
    assert_int_equal(rs_http_fd(http), -1);
    rs_http_release(http); /* the requests still refer to it */
    rs_request_free(one);
    rs_request_free(two);
    server_stop(here);
    assert_no_block_is_left();
}

#ifdef TORTURE_COVERAGE
void __gcov_dump(void); /* _exit alone would lose the child's coverage */
#else
#define __gcov_dump() ((void)0)
#endif

/* Ends a child, and tells its parent whether all was well. */
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
    rs_http *http = begin(ANSWERS(OK));
    rs_request_free(fetch(http, PLAIN));
    int parents = rs_http_fd(http);
    pid_t child = fork();
    if (child == 0) {
        /* an end of the parent's connection would show as a second one */
        bool fresh = rs_http_fd(http) >= 0;
        rs_http_release(http);
        leave(fresh);
    }
    assert_child_is_well(child);
    assert_int_equal(rs_http_fd(http), parents);
    rs_request_free(fetch(http, PLAIN));
    end(http);
    assert_int_equal(requests, 2);
    assert_int_equal(connections, 1);
}

/* Steps until the request is on its way, or over. */
static void send_off(rs_http *http, rs_request *request) {
    while (!rs_request_was_sent(request) && !rs_request_is_done(request)) {
        rs_poll_one(rs_http_fd(http), RS_POLL_READ, 10);
        rs_http_step(http);
    }
}

/* A child may only close the client. Neither the server nor the parent's poller
 * may notice. */
static void is_closed_in_a_child_which_nobody_notices(void **state) {
    (void)state;
    for (int busy = 0; busy < 2; busy++) {
        rs_http *http = begin(ANSWERS(OK, LATE OK, OK));
        rs_request_free(fetch(http, PLAIN));
        rs_request *request = start(http, PLAIN);
        if (!busy)
            server_release(here);
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
        server_release(here);
        finish(http, request);
        assert_int_equal(rs_request_error(request), RS_HTTP_OK);
        rs_request_free(request);
        rs_request_free(fetch(http, PLAIN));
        end(http);
        assert_int_equal(requests, 3);
        assert_int_equal(connections, 1);
    }
}

/* The same of a request alone, which a collector may come to before its
 * transport: libcurl would take the socket off the poller, which is the
 * parent's too, and wait for a resolver thread, which only the parent has. */
static void is_given_up_in_a_child_which_nobody_notices(void **state) {
    (void)state;
    rs_http *http = begin(ANSWERS(OK, LATE OK));
    rs_request_free(fetch(http, PLAIN)); /* no timer of connecting's now */
    rs_request *request = start(http, PLAIN);
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
    server_release(here);
    finish(http, request);
    assert_int_equal(rs_request_error(request), RS_HTTP_OK);
    rs_request_free(request);
    end(http);
    assert_int_equal(connections, 1);
}

static void stays_closed(void **state) {
    (void)state;
    rs_http *http = begin(ANSWERS(OK));
    rs_http_close(http);
    rs_http_close(http);
    assert_true(http->closed);
    rs_http_step(http);
    assert_int_equal(rs_http_fd(http), -1);
    assert_int_equal(rs_http_timeout(http), -1);
    rs_request *request = start(http, PLAIN);
    assert_true(rs_request_is_done(request));
    assert_int_equal(rs_request_error(request), RS_HTTP_CANCELLED);
    assert_string_equal(rs_request_message(request), "the client is closed");
    assert_false(rs_request_was_sent(request));
    rs_request_free(request);
    end(http);
    assert_int_equal(requests, 0);
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

/* So many are left. */
static struct rlimit leave_descriptors(int count) {
    struct rlimit before = take_descriptors(), few = before;
    int next = -1;
    assert_int_equal(setrlimit(RLIMIT_NOFILE, &before), 0);
    for (; count > 0; count--)
        do
            next++;
        while (fcntl(next, F_GETFD) != -1);
    few.rlim_cur = (rlim_t)(next + 1);
    assert_int_equal(setrlimit(RLIMIT_NOFILE, &few), 0);
    return before;
}

static void assert_no_descriptor_is_left(const char *url, int left) {
    rs_http *http = open_http();
    struct rlimit before = leave_descriptors(left);
    rs_request_options options = {
        .method = "POST", .url = url, .body = "x", .body_size = 1};
    rs_request *request = fetch(http, options);
    assert_int_equal(setrlimit(RLIMIT_NOFILE, &before), 0);
    assert_int_equal(rs_request_error(request), RS_HTTP_NETWORK);
    assert_string_equal(
        rs_request_message(request),
        "no descriptor is left for a connection (see ulimit -n)");
    assert_false(rs_request_was_sent(request));
    rs_request_free(request);
    rs_http_release(http);
}

/* A part of the name is so long that no name server is asked. */
#define NOWHERE                                                                \
    "http://"                                                                  \
    "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"       \
    "xxx.example/"

static void says_when_no_descriptor_is_left(void **state) {
    (void)state;
    struct rlimit before = take_descriptors();
    assert_null(rs_http_new(&test_allocator, &(rs_http_options){0}));
    assert_int_equal(setrlimit(RLIMIT_NOFILE, &before), 0);
    assert_no_descriptor_is_left("http://127.0.0.1:1/", 0);
    for (int left = 0; left < 4; left++)
        assert_no_descriptor_is_left(NOWHERE, left);
}

/* The file with certificates cannot be opened then. */
static void says_when_the_socket_takes_the_last_descriptor(void **state) {
    (void)state;
    char url[64];
    here = server_start(ANSWERS(OK));
    snprintf(url, sizeof url, "https%s", server_url(here, "/") + 4);
    assert_no_descriptor_is_left(url, 1);
    server_stop(here);
}

/* Notes which are open; says how many are that were not noted, and that a
 * program would find which a child of this process becomes. */
#define MOST_DESCRIPTORS 1000
static bool was_open[MOST_DESCRIPTORS];

static void note_descriptors(void) {
    for (int fd = 0; fd < MOST_DESCRIPTORS; fd++)
        was_open[fd] = fcntl(fd, F_GETFD) != -1;
}

static int bequeathed(void) {
    int count = 0;
    for (int fd = 0; fd < MOST_DESCRIPTORS; fd++)
        count += !was_open[fd] && fcntl(fd, F_GETFD) == 0;
    return count;
}

/* A port that takes connections, and never answers; gives its descriptor. */
static int listen_silently(char *url, size_t size) {
    struct sockaddr_in address = {.sin_family = AF_INET};
    socklen_t length = sizeof address;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    assert_int_equal(bind(fd, (struct sockaddr *)&address, length), 0);
    assert_int_equal(listen(fd, 9), 0);
    assert_int_equal(getsockname(fd, (struct sockaddr *)&address, &length), 0);
    snprintf(url, size, "http://127.0.0.1:%d/", ntohs(address.sin_port));
    return fd;
}

static void leaves_no_descriptor_to_programs(void **state) {
    (void)state;
    char url[64];
    int listener = listen_silently(url, sizeof url);
    note_descriptors();
    rs_http *http = open_http();
    assert_true(rs_http_alarm(http, true));
    rs_request *request = start(http, (rs_request_options){.url = url});
    send_off(http, request);
    assert_true(rs_request_was_sent(request));
    assert_int_equal(bequeathed(), 0);
    pid_t child = fork();
    if (child == 0)
        leave(rs_http_fd(http) >= 0 && bequeathed() == 0);
    assert_child_is_well(child);
    rs_request_free(request);
    rs_http_release(http);
    close(listener);
}

/* A thread looks the name up, and tells libcurl through a pair of sockets. */
static void leaves_no_descriptor_of_a_lookup_to_programs(void **state) {
    (void)state;
    note_descriptors();
    rs_http *http = open_http();
    rs_request *request = start(http, (rs_request_options){.url = NOWHERE});
    rs_http_step(http);
    assert_int_equal(bequeathed(), 0);
    finish(http, request);
    assert_int_equal(rs_request_error(request), RS_HTTP_NETWORK);
    rs_request_free(request);
    rs_http_release(http);
}

static void is_closed_in_a_child_without_descriptors(void **state) {
    (void)state;
    rs_http *http = begin(ANSWERS(LATE OK));
    rs_request *request = start(http, PLAIN);
    rs_http_step(http);
    pid_t child = fork();
    if (child == 0) {
        struct rlimit before = take_descriptors();
        bool closed = rs_http_fd(http) == -1 && http->closed;
        closed = setrlimit(RLIMIT_NOFILE, &before) == 0 && closed;
        leave(closed && rs_request_error(request) == RS_HTTP_NETWORK);
    }
    assert_child_is_well(child);
    server_release(here);
    finish(http, request);
    assert_int_equal(rs_request_error(request), RS_HTTP_OK);
    rs_request_free(request);
    end(http);
}

static int open_descriptors(void) {
    int count = 0;
    for (int fd = 0; fd < 1000; fd++)
        count += fcntl(fd, F_GETFD) >= 0;
    return count;
}

/* If the parent's connections cannot be put to sleep, they are left alone:
 * libcurl would write to a TLS connection when it closes it. */
static void leaves_connections_alone_that_it_cannot_put_to_sleep(void **state) {
    (void)state;
    rs_http *http = begin(ANSWERS(OK));
    rs_request_free(fetch(http, PLAIN));
    pid_t child = fork();
    if (child == 0) {
        int before = open_descriptors();
        struct rlimit limit = take_descriptors();
        rs_http_close(http);
        bool well = setrlimit(RLIMIT_NOFILE, &limit) == 0;
        leave(well && open_descriptors() == before - 1); /* the poller's */
    }
    assert_child_is_well(child);
    rs_request_free(fetch(http, PLAIN));
    end(http);
    assert_int_equal(connections, 1);
}

/* Opens a device at every free number below. */
static void fill_descriptors(int below) {
    int fd;
    do
        fd = open("/dev/zero", O_RDONLY);
    while (fd >= 0 && fd < below);
}

static bool are_all_devices(int from, int below) {
    struct stat zero, found;
    bool same = stat("/dev/zero", &zero) == 0;
    for (int fd = from; fd < below; fd++)
        same = same && fstat(fd, &found) == 0 && found.st_rdev == zero.st_rdev;
    return same;
}

/* A daemon closes all descriptors in its child, and opens some of its own. */
static void touches_nothing_that_a_child_has_opened(void **state) {
    (void)state;
    for (int uses = 0; uses < 2; uses++) {
        rs_http *http = begin(ANSWERS(OK, OK));
        rs_request_free(fetch(http, PLAIN));
        assert_true(rs_http_alarm(http, true));
        pid_t child = fork();
        if (child == 0) {
            for (int fd = 3; fd < 64; fd++)
                close(fd);
            fill_descriptors(64);
            bool well = !uses || rs_http_fd(http) >= 64;
            rs_http_close(http);
            leave(well && are_all_devices(3, 64));
        }
        assert_child_is_well(child);
        rs_request_free(fetch(http, PLAIN));
        end(http);
        assert_int_equal(connections, 1);
    }
}

/* All epolls are one file: libcurl's own pair of sockets tells that they are
 * the child's. From libcurl 8 on, it has an eventfd instead, which is the same
 * file again. */
static void leaves_the_pollers_of_a_child_alone(void **state) {
    (void)state;
    if (curl_version_info(CURLVERSION_NOW)->version_num >= 0x080000)
        skip();
    rs_http *http = begin(ANSWERS(OK));
    assert_true(rs_http_alarm(http, true));
    pid_t child = fork();
    if (child == 0) {
        for (int fd = 3; fd < 64; fd++)
            close(fd);
        while (rs_poller_open() < 63)
            continue;
        rs_http_close(http);
        bool open = true;
        for (int fd = 3; fd < 64; fd++)
            open = open && fcntl(fd, F_GETFD) != -1;
        leave(open);
    }
    assert_child_is_well(child);
    rs_request_free(fetch(http, PLAIN));
    end(http);
}

static void gives_everything_back_when_memory_is_out(void **state) {
    (void)state;
    rs_http_options options = {.cacert = "/nowhere/ca",
                               .cert = "/nowhere/cert",
                               .key = "/nowhere/key",
                               .proxy = "http://127.0.0.1:1",
                               .user_agent = "test"};
    for (size_t refused = 1; refused <= 6; refused++) {
        memory.refuse_in = refused;
        assert_null(rs_http_new(&test_allocator, &options));
        assert_no_block_is_left();
    }
    memory.refuse_in = 7; /* more than it takes */
    rs_http *http = rs_http_new(&test_allocator, &options);
    assert_non_null(http);
    memory.refuse_in = 0;
    rs_http_release(http);
    assert_no_block_is_left();
}

/* A socket that is not remembered could not be let go after a fork. */
static void opens_no_socket_that_it_cannot_remember(void **state) {
    (void)state;
    rs_http *http = begin(ANSWERS(OK));
    memory.refuse_in = 2; /* the first is the request */
    rs_request *request = start(http, PLAIN);
    assert_int_equal(memory.refuse_in, 0);
    finish(http, request);
    assert_int_equal(rs_request_error(request), RS_HTTP_NETWORK);
    assert_false(rs_request_was_sent(request));
    rs_request_free(request);
    request = fetch(http, PLAIN);
    assert_int_equal(rs_request_error(request), RS_HTTP_OK);
    rs_request_free(request);
    end(http);
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
    rs_http *http = open_http();
    rs_request_options options = {.method = "POST",
                                  .url = "http://127.0.0.1:1/",
                                  .body = "x",
                                  .body_size = 1};
    rs_request *request = fetch(http, options);
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
        cmocka_unit_test(says_when_the_socket_takes_the_last_descriptor),
        cmocka_unit_test(leaves_no_descriptor_to_programs),
        cmocka_unit_test(leaves_no_descriptor_of_a_lookup_to_programs),
        cmocka_unit_test(is_closed_in_a_child_without_descriptors),
        cmocka_unit_test(leaves_connections_alone_that_it_cannot_put_to_sleep),
        cmocka_unit_test(touches_nothing_that_a_child_has_opened),
        cmocka_unit_test(leaves_the_pollers_of_a_child_alone),
        cmocka_unit_test(gives_everything_back_when_memory_is_out),
        cmocka_unit_test(opens_no_socket_that_it_cannot_remember),
        cmocka_unit_test(watches_only_what_can_be_watched),
        cmocka_unit_test(says_where_nobody_is),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
