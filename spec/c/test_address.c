/*
 * Hosts with several addresses, of which some are dead.
 */
#define _DEFAULT_SOURCE
#include <arpa/inet.h>
#include <fcntl.h>
#include <netdb.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

#include "http/http_internal.h"
#include "http/poller.h"
#include "memory.h"
#include "server.h"

#define REFUSES "127.0.0.3"
#define STALLS "127.0.0.2"

#define PUBLIC __attribute__((visibility("default")))

/* What the name several.test resolves to, with NULL at the end. */
static const char *addresses[8];

static const char *refused[] = {REFUSES, REFUSES, REFUSES, "127.0.0.1", NULL};

/* libcurl calls this in place of libc's. */
PUBLIC int getaddrinfo(const char *host, const char *service,
                       const struct addrinfo *hints, struct addrinfo **found) {
    (void)host;
    (void)hints;
    struct addrinfo **at = found;
    *found = NULL;
    for (size_t i = 0; addresses[i] != NULL; i++) {
        struct sockaddr_in *address = calloc(1, sizeof *address);
        *at = calloc(1, sizeof **at);
        if (address == NULL || *at == NULL)
            return EAI_MEMORY;
        address->sin_family = AF_INET;
        address->sin_port = htons((uint16_t)atoi(service));
        (void)inet_pton(AF_INET, addresses[i], &address->sin_addr);
        (*at)->ai_family = AF_INET;
        (*at)->ai_socktype = SOCK_STREAM;
        (*at)->ai_addr = (struct sockaddr *)address;
        (*at)->ai_addrlen = sizeof *address;
        at = &(*at)->ai_next;
    }
    return 0;
}

PUBLIC void freeaddrinfo(struct addrinfo *found) {
    while (found != NULL) {
        struct addrinfo *next = found->ai_next;
        free(found->ai_addr);
        free(found);
        found = next;
    }
}

/* ------------------------------------------------------------ the other end */

#define WAITING 4 /* connections that fill a queue of none */

/* A server whose queue is full: it neither accepts a connection nor refuses
 * it. */
typedef struct deaf {
    int listener, waiting[WAITING];
} deaf;

static deaf be_deaf(int port) {
    deaf made = {.listener = socket(AF_INET, SOCK_STREAM, 0)};
    struct sockaddr_in address = {.sin_family = AF_INET,
                                  .sin_port = htons((uint16_t)port)};
    const struct sockaddr *name = (const struct sockaddr *)&address;
    (void)inet_pton(AF_INET, STALLS, &address.sin_addr);
    assert_int_equal(bind(made.listener, name, sizeof address), 0);
    assert_int_equal(listen(made.listener, 0), 0);
    for (int i = 0; i < WAITING; i++) {
        made.waiting[i] = socket(AF_INET, SOCK_STREAM, 0);
        (void)fcntl(made.waiting[i], F_SETFL, O_NONBLOCK);
        (void)connect(made.waiting[i], name, sizeof address);
    }
    return made;
}

static void end_deaf(const deaf *made) {
    for (int i = 0; i < WAITING; i++)
        close(made->waiting[i]);
    close(made->listener);
}

static int port_of(const server *there) {
    return atoi(strrchr(server_url(there, ""), ':') + 1);
}

/* ---------------------------------------------------------------- the client
 */

static rs_http *open_http(void) {
    rs_http_options options = {.proxy = "", .user_agent = "test"};
    rs_http *http = rs_http_new(&test_allocator, &options);
    assert_non_null(http);
    return http;
}

/* Posts to a host, on a connection for which there is so much time. */
static rs_request *post(rs_http *http, const char *host, int port, long ms) {
    static const char *const none[] = {NULL};
    char url[64];
    (void)snprintf(url, sizeof url, "http://%s:%d/", host, port);
    rs_request *request =
        rs_request_start(http, &(rs_request_options){.method = "POST",
                                                     .url = url,
                                                     .headers = none,
                                                     .body = "x",
                                                     .body_size = 1,
                                                     .max_body = 1000,
                                                     .timeout_ms = 60000,
                                                     .connect_timeout_ms = ms});
    assert_non_null(request);
    while (!rs_request_is_done(request)) {
        long due = rs_http_timeout(http);
        rs_poll_one(rs_http_fd(http), RS_POLL_READ, due < 0 ? 100 : (int)due);
        rs_http_step(http);
    }
    return request;
}

/* ----------------------------------------------------------------- the tests
 */

static void comes_to_the_address_that_answers(const char *const *those) {
    server *there = server_start(ANSWERS(OK));
    rs_http *http = open_http();
    deaf silent = be_deaf(port_of(there));
    memset(addresses, 0, sizeof addresses);
    for (size_t i = 0; those[i] != NULL; i++)
        addresses[i] = those[i];
    rs_request *request = post(http, "several.test", port_of(there), 2000);
    assert_string_equal(rs_request_message(request), "");
    assert_int_equal(rs_request_error(request), RS_HTTP_OK);
    assert_int_equal(server_requests(there), 1);
    assert_int_equal(http->socket_count, 1);
    rs_request_free(request);
    rs_http_release(http);
    end_deaf(&silent);
    server_stop(there);
    assert_no_block_is_left();
}

static void goes_on_after_one_that_stalls(void **state) {
    (void)state;
    comes_to_the_address_that_answers(
        (const char *[]){STALLS, "127.0.0.1", NULL});
    comes_to_the_address_that_answers(
        (const char *[]){STALLS, REFUSES, "127.0.0.1", NULL});
}

static void goes_on_after_some_that_refuse(void **state) {
    (void)state;
    comes_to_the_address_that_answers(refused);
}

/* libcurl had closed its socket without a word. The number was the host
 * program's by then, and the next request shut that connection down. */
static void leaves_connections_of_the_host_alone(void **state) {
    (void)state;
    server *there = server_start(ANSWERS(OK));
    rs_http *http = open_http();
    deaf silent = be_deaf(port_of(there));
    rs_request *request = post(http, STALLS, port_of(there), 50);
    assert_int_equal(rs_request_error(request), RS_HTTP_TIMEOUT);
    assert_false(rs_request_was_sent(request));
    rs_request_free(request);
    int pairs[4][2];
    for (int i = 0; i < 4; i++) {
        assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, pairs[i]), 0);
        for (int end = 0; end < 2; end++)
            assert_int_equal(write(pairs[i][end], "x", 1), 1);
    }
    rs_request_free(post(http, "127.0.0.1", port_of(there), 60000));
    rs_http_drop_idle(http);
    for (int i = 0; i < 4; i++)
        for (int end = 0; end < 2; end++) {
            char said;
            assert_int_equal(read(pairs[i][end], &said, 1), 1);
            assert_int_equal(send(pairs[i][end], "x", 1, MSG_NOSIGNAL), 1);
        }
    for (int i = 0; i < 4; i++)
        for (int end = 0; end < 2; end++)
            close(pairs[i][end]);
    rs_http_release(http);
    end_deaf(&silent);
    server_stop(there);
    assert_no_block_is_left();
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(goes_on_after_one_that_stalls),
        cmocka_unit_test(goes_on_after_some_that_refuse),
        cmocka_unit_test(leaves_connections_of_the_host_alone),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
