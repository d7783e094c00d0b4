#include "parse/url.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

static rs_slice slice(const char *text) {
    return (rs_slice){text, strlen(text)};
}

static void assert_slice(rs_slice got, const char *expected) {
    if (!rs_slice_is(got, expected)) {
        fail_msg("expected '%s', got '%.*s'", expected, (int)got.size,
                 got.data);
    }
}

static void finds_the_host(void **state) {
    static const char *const cases[][2] = {
        {"http://host", "host"},
        {"https://Host:5000/v3", "Host"},
        {"http://user:p@ss@host:1/x@y", "host"},
        {"http://[::1]:80/v3", "::1"},
        {"http://u@[fe80::1]", "fe80::1"},
        {"http://[::1", "::1"},
        {"http://host?x=y", "host"},
        {"http://host#x", "host"},
        {"http://:80/", ""},
        {"http://", ""},
        {"http://@", ""},
        {"http:///x", ""},
        {"/v3/snapshots?x=http:", ""},
        {"host:5000/v3", ""},
        {"", ""},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        assert_slice(rs_url_host(slice(cases[i][0])), cases[i][1]);
    assert_int_equal(rs_url_host((rs_slice){NULL, 0}).size, 0);
}

/* Looks in a copy without a byte to spare, with no more room than promised. */
static void assert_parameter(const char *url, const char *expected) {
    size_t size = strlen(url);
    char *copy = malloc(size > 0 ? size : 1), *to = malloc(size > 0 ? size : 1);
    assert_non_null(copy);
    assert_non_null(to);
    memcpy(copy, url, size);
    rs_slice value = rs_url_parameter((rs_slice){copy, size}, "marker", to);
    if (expected == NULL) {
        assert_null(value.data);
        assert_int_equal(value.size, 0);
    } else {
        assert_non_null(value.data);
        assert_slice(value, expected);
    }
    free(copy);
    free(to);
}

static void finds_a_parameter(void **state) {
    (void)state;
    assert_parameter("http://x/?a=1&marker=b", "b");
    assert_parameter("http://x/?marker=b&a=1", "b");
    assert_parameter("?marker=a&marker=b", "b");
    assert_parameter("?marker=b%20c+d%2b", "b c d+");
    assert_parameter("?marker=%C3%A9", "\xC3\xA9");
    assert_parameter("?marker=%", "%");
    assert_parameter("?marker=%4", "%4");
    assert_parameter("?marker=%zz%4g", "%zz%4g");
    assert_parameter("?marker=a=b?c", "a=b?c");
    assert_parameter("?m%61rker=b", "b");
    assert_parameter("?&&marker=b&&", "b");
    assert_parameter("?marker=", "");
    assert_parameter("?marker", "");
    assert_parameter("http://x/y", NULL);
    assert_parameter("?xmarker=b", NULL);
    assert_parameter("?marke=r", NULL);
    assert_parameter("?a=1#marker=b", NULL);
    assert_parameter("/#?marker=b", NULL);
    assert_parameter("?", NULL);
    assert_parameter("?=b", NULL);
    assert_parameter("", NULL);
    assert_null(rs_url_parameter((rs_slice){NULL, 0}, "marker", NULL).data);
}

static void encodes_all_but_what_is_unreserved(void **state) {
    static const char text[] = "aZ09-._~/?# %+\0\xFF";
    static const char expected[] = "aZ09-._~%2F%3F%23%20%25%2B%00%FF";
    char out[sizeof expected] = "";
    (void)state;
    rs_slice all = {text, sizeof text - 1};
    assert_int_equal(rs_url_encode(all, NULL), sizeof expected - 1);
    assert_int_equal(rs_url_encode(all, out), sizeof expected - 1);
    assert_string_equal(out, expected);
    assert_int_equal(rs_url_encode((rs_slice){NULL, 0}, NULL), 0);
}

static void decodes_what_it_encodes(void **state) {
    (void)state;
    for (int byte = 0; byte < 256; byte++) {
        char url[16] = "?marker=", to[16], c = (char)byte;
        size_t size = rs_url_encode((rs_slice){&c, 1}, url + 8);
        rs_slice value =
            rs_url_parameter((rs_slice){url, 8 + size}, "marker", to);
        assert_int_equal(value.size, 1);
        assert_true(*value.data == c);
    }
}

static void finds_the_next_link(void **state) {
    static const char *const cases[][2] = {
        {"<http://h/?marker=a>; rel=\"next\"", "http://h/?marker=a"},
        {"<a>; rel=next", "a"},
        {"<a>;rel=NEXT", "a"},
        {"<a> ; REL = \"Next\"", "a"},
        {"<a>; rel=\"prev next\"", "a"},
        {"<a>; rel=\"prev\tnext\"", "a"},
        {"<a>; rel=\"first\", <b>; rel=\"next\", <c>; rel=\"last\"", "b"},
        {"<a>; title=\"x; rel=next, <y>\"; rel=prev, <b>; rel=next", "b"},
        {"<a>; title=\"t\"; rel=\"next\"", "a"},
        {"<a>; rel=next; title=t", "a"},
        {"<a>; crossorigin; rel=next", "a"},
        {"<a,b;c>; rel=next", "a,b;c"},
        {"<a>, <b>; rel=next", "b"},
        {"<a> rel=next", ""},
        {"<a>; rel=nextish", ""},
        {"<a>; rel=\"pre-next\"", ""},
        {"<a>; brel=next", ""},
        {"<a>; x=rel=next", ""},
        {"<a>; rel", ""},
        {"<a>; rel=", ""},
        {"<a>; rel=\"", ""},
        {"<a>;", ""},
        {"<a", ""},
        {"<>; rel=next", ""},
        {"a; rel=next", ""},
        {"", ""},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        assert_slice(rs_link_next(slice(cases[i][0])), cases[i][1]);
    assert_int_equal(rs_link_next((rs_slice){NULL, 0}).size, 0);
}

int main(void) {
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(finds_the_host),
        cmocka_unit_test(finds_a_parameter),
        cmocka_unit_test(encodes_all_but_what_is_unreserved),
        cmocka_unit_test(decodes_what_it_encodes),
        cmocka_unit_test(finds_the_next_link),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
