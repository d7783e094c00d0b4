/*
 * Any bytes as a URL, a Link header and data: what is found is a part of the
 * input, and decoding undoes encoding.
 */
#include "parse/url.h"

#include "fuzz.h"

static bool is_within(rs_slice part, rs_slice whole) {
    return part.size == 0 || (part.data >= whole.data &&
                              part.data + part.size <= whole.data + whole.size);
}

static void check_url(rs_slice url) {
    char *to = malloc(url.size > 0 ? url.size : 1);
    CHECK(to != NULL && is_within(rs_url_host(url), url));
    rs_slice value = rs_url_parameter(url, "marker", to);
    CHECK(value.data == NULL || (value.data == to && value.size <= url.size));
    rs_slice link = rs_link_next(url);
    CHECK(is_within(link, url));
    CHECK(link.size == 0 || link.data[-1] == '<');
    free(to);
}

/* Encodes the text as a parameter, and finds it in the URL. */
static void check_parameter(rs_slice text) {
    static const char start[] = "http://h/?a=b&marker=";
    size_t prefix = sizeof start - 1, size = rs_url_encode(text, NULL);
    char *url = malloc(prefix + size), *to = malloc(prefix + size);
    CHECK(url != NULL && to != NULL);
    memcpy(url, start, prefix);
    CHECK(rs_url_encode(text, url + prefix) == size);
    rs_slice whole = {url, prefix + size};
    rs_slice value = rs_url_parameter(whole, "marker", to);
    CHECK(value.data == to && value.size == text.size);
    CHECK(text.size == 0 || memcmp(value.data, text.data, text.size) == 0);
    free(url);
    free(to);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    rs_slice text = {(const char *)data, size};
    check_url(text);
    check_parameter(text);
    return 0;
}
