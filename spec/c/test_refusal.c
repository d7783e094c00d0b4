/*
 * A libcurl that refuses calls, one after the other, as if it was built without
 * an option or had no memory. A request must not be sent without one of its
 * options, and nothing of it may be left.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <curl/curl.h>

#include "http/http_internal.h"

#define MOST_CALLS 100
#define TRUSTED 64 /* characters */

static unsigned refused_call; /* counted from 1; 0: none */
static unsigned calls;
static char trusted_file[TRUSTED], trusted_directory[TRUSTED]; /* "": none */

static bool refuse(void) {
    return ++calls == refused_call;
}

/* The linker puts these in the place of libcurl's (--wrap). A value is a long
 * or a pointer, which are of one size and passed alike, or a curl_off_t. */
CURLcode __real_curl_easy_setopt(CURL *easy, CURLoption option, ...);
CURLcode __wrap_curl_easy_setopt(CURL *easy, CURLoption option, ...);
CURL *__real_curl_easy_init(void);
CURL *__wrap_curl_easy_init(void);
CURLMcode __real_curl_multi_add_handle(CURLM *multi, CURL *easy);
CURLMcode __wrap_curl_multi_add_handle(CURLM *multi, CURL *easy);
CURLM *__real_curl_multi_init(void);
CURLM *__wrap_curl_multi_init(void);
struct curl_slist *__real_curl_slist_append(struct curl_slist *list,
                                            const char *text);
struct curl_slist *__wrap_curl_slist_append(struct curl_slist *list,
                                            const char *text);

static void note_trust(CURLoption option, const char *value) {
    char *place = option == CURLOPT_CAINFO   ? trusted_file
                  : option == CURLOPT_CAPATH ? trusted_directory
                                             : NULL;
    if (place != NULL)
        (void)snprintf(place, TRUSTED, "%s", value != NULL ? value : "");
}

CURLcode __wrap_curl_easy_setopt(CURL *easy, CURLoption option, ...) {
    if (refuse())
        return CURLE_UNKNOWN_OPTION;
    va_list values;
    va_start(values, option);
    bool wide = option >= CURLOPTTYPE_OFF_T && option < CURLOPTTYPE_BLOB;
    curl_off_t number = wide ? va_arg(values, curl_off_t) : 0;
    void *value = wide ? NULL : va_arg(values, void *);
    va_end(values);
    if (wide)
        return __real_curl_easy_setopt(easy, option, number);
    note_trust(option, value);
    return __real_curl_easy_setopt(easy, option, value);
}

CURL *__wrap_curl_easy_init(void) {
    return refuse() ? NULL : __real_curl_easy_init();
}

CURLMcode __wrap_curl_multi_add_handle(CURLM *multi, CURL *easy) {
    return refuse() ? CURLM_OUT_OF_MEMORY
                    : __real_curl_multi_add_handle(multi, easy);
}

CURLM *__wrap_curl_multi_init(void) {
    return refuse() ? NULL : __real_curl_multi_init();
}

struct curl_slist *__wrap_curl_slist_append(struct curl_slist *list,
                                            const char *text) {
    return refuse() ? NULL : __real_curl_slist_append(list, text);
}

/* ----------------------------------------------------------------- the tests
 */

static size_t live; /* blocks of the core's memory */

static void *counted(void *context, void *ptr, size_t old, size_t size) {
    (void)context;
    (void)old;
    live += (ptr == NULL && size > 0) ? 1 : 0;
    live -= (ptr != NULL && size == 0) ? 1 : 0;
    if (size > 0)
        return realloc(ptr, size);
    free(ptr);
    return NULL;
}

static const rs_allocator memory = {counted, NULL};

static rs_request *start(rs_http *http) {
    static const char *const headers[] = {"X-Auth-Token: secret", NULL};
    const rs_request_options options = {.method = "POST",
                                        .url = "http://127.0.0.1:1/",
                                        .headers = headers,
                                        .body = "{}",
                                        .body_size = 2,
                                        .max_body = 1000,
                                        .timeout_ms = 1000,
                                        .connect_timeout_ms = 1000};
    return rs_request_start(http, &options);
}

static void starts_no_request_of_which_an_option_is_refused(void **state) {
    (void)state;
    const rs_http_options options = {.cacert = "/nowhere/ca",
                                     .cert = "/nowhere/cert",
                                     .key = "/nowhere/key",
                                     .proxy = "",
                                     .user_agent = "test"};
    unsigned refused = 0;
    for (unsigned at = 1; at < MOST_CALLS && refused == at - 1; at++) {
        refused_call = 0;
        rs_http *http = rs_http_new(&memory, &options);
        assert_non_null(http);
        size_t before = live;
        calls = 0;
        refused_call = at;
        rs_request *request = start(http);
        if (request == NULL) {
            refused++;
            assert_int_equal(http->active, 0);
            assert_int_equal(live, before);
        } else { /* it makes no more calls than that */
            assert_true(calls < refused_call);
            rs_request_free(request);
        }
        refused_call = 0;
        rs_http_release(http);
        assert_int_equal(live, 0);
    }
    assert_true(refused > 30 && refused < MOST_CALLS - 1);
}

static void makes_no_transport_without_libcurl(void **state) {
    (void)state;
    calls = 0;
    refused_call = 1;
    assert_null(rs_http_new(&memory, &(rs_http_options){0}));
    assert_int_equal(live, 0);
}

/* libcurl may be built to trust the system's certificates in a file, a
 * directory or both. With certificates of our own, neither counts. */
static void trusts_only_what_it_is_given(void **state) {
    (void)state;
    static const char *const given[] = {"/nowhere/ca", "/"};
    refused_call = 0;
    for (int directory = 0; directory < 2; directory++) {
        const rs_http_options options = {.cacert = given[directory]};
        strcpy(trusted_file, "the system's");
        strcpy(trusted_directory, "the system's");
        rs_http *http = rs_http_new(&memory, &options);
        assert_non_null(http);
        rs_request *request = start(http);
        assert_non_null(request);
        rs_request_free(request);
        rs_http_release(http);
        assert_string_equal(trusted_file, directory ? "" : given[0]);
        assert_string_equal(trusted_directory, directory ? given[1] : "");
    }
    assert_int_equal(live, 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(starts_no_request_of_which_an_option_is_refused),
        cmocka_unit_test(makes_no_transport_without_libcurl),
        cmocka_unit_test(trusts_only_what_it_is_given),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
