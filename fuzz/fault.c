/*
 * Any bytes as the body, the head and Retry-After of an answer: the words are
 * bounded lines of UTF-8, and only a possible document counts as the service's
 * own.
 */
#include "parse/fault.h"
#include "parse/ascii.h"

#include "fuzz.h"
#include "line.h"

#include <math.h>

/* The size of a character that begins with this byte. */
static size_t length_of(unsigned char lead) {
    return lead < 0x80 ? 1 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
}

static void check_utf8(const rs_words *words) {
    for (size_t at = 0, length; at < words->size; at += length) {
        unsigned char lead = (unsigned char)words->data[at];
        length = length_of(lead);
        CHECK((lead < 0x80 || lead >= 0xC2) && lead <= 0xF4);
        CHECK(at + length <= words->size);
        for (size_t i = 1; i < length; i++)
            CHECK(((unsigned char)words->data[at + i] & 0xC0) == 0x80);
    }
}

static void check_line(const rs_words *words) {
    const char *last = words->data + words->size;
    CHECK(words->size <= RS_FAULT_LINE + 3);
    check_utf8(words);
    for (const char *at = words->data; at < last; at++) {
        CHECK((unsigned char)*at >= 0x20 && *at != 0x7F);
        CHECK(*at != ' ' || at + 1 == last || at[1] != ' ');
    }
    CHECK(words->size == 0 || (words->data[0] != ' ' && last[-1] != ' '));
}

static void check_same(const rs_words *one, const rs_words *other) {
    CHECK(one->size == other->size && one->cut == other->cut);
    CHECK(memcmp(one->data, other->data, one->size) == 0);
}

/* Does the body begin like a document? */
static bool may_be_own(rs_slice body) {
    size_t at = 0;
    if (body.size >= 3 && memcmp(body.data, "\xEF\xBB\xBF", 3) == 0)
        at = 3;
    while (at < body.size && memchr(" \t\r\n", body.data[at], 4) != NULL)
        at++;
    return at < body.size && memchr("{[<", body.data[at], 3) != NULL;
}

static void check_kinds(const rs_fault_words *words) {
    static const long statuses[] = {302, 400, 401, 403, 404, 409,
                                    410, 413, 429, 500, 501, 503};
    for (size_t i = 0; i < sizeof statuses / sizeof *statuses; i++) {
        long status = statuses[i];
        rs_kind kind = rs_fault_kind(status, words, -1);
        CHECK(kind != RS_OK && *rs_kind_name(kind) != '\0');
        CHECK(kind != RS_NOT_FOUND || status == 404 || status == 410);
        CHECK(kind != RS_NOT_FOUND || words->is_own || words->is_unrouted);
        CHECK(kind != RS_QUOTA || status < 500);
    }
    CHECK(rs_fault_kind(429, words, 1) == RS_RATE_LIMITED);
}

static void check_body(rs_slice body) {
    static rs_fault_words words, again;
    rs_fault_read(body, &words);
    rs_fault_read(body, &again);
    check_same(&words.code, &again.code);
    check_same(&words.message, &again.message);
    CHECK(words.code.size <= RS_FAULT_RAW);
    CHECK(words.message.size <= RS_FAULT_RAW);
    CHECK(!words.is_own || (may_be_own(body) && !words.is_unrouted));
    check_utf8(&words.code);
    check_utf8(&words.message);
    check_kinds(&words);
    rs_fault_tidy(&words.code);
    rs_fault_tidy(&words.message);
    check_line(&words.code);
    check_line(&words.message);
}

static void check_seconds(double seconds) {
    CHECK(seconds >= 0 ? seconds <= 1e9 : fabs(seconds + 1) < 1e-9);
}

/* Retry-After and Date, a line each. */
static void check_times(rs_slice text) {
    static const char date[] = "Sun, 06 Nov 1994 08:49:37 GMT";
    rs_slice fixed = {date, sizeof date - 1}, none = {NULL, 0};
    rs_slice value = cut_line(&text);
    double at;
    check_seconds(rs_retry_after(value, none, 1.8e9));
    check_seconds(rs_retry_after(value, fixed, 1.8e9));
    check_seconds(rs_retry_after(value, text, 1.8e9));
    check_seconds(rs_retry_after(fixed, value, 1.8e9));
    CHECK(!rs_http_date(value, 1.8e9, &at) || isfinite(at));
}

static void check_head(rs_slice text) {
    char sentence[RS_FAULT_LINE], small[7] = "xxxxxx";
    static const char receipt[] = "Openstack-Auth-Receipt: x\n";
    rs_slice head = {receipt, sizeof receipt - 1};
    check_times(text);
    if (rs_fault_second_factor(text, text, sentence, sizeof sentence)) {
        CHECK(memchr(sentence, '\0', sizeof sentence) != NULL);
        CHECK(rs_fault_second_factor(text, text, small, sizeof small));
        CHECK(memcmp(sentence, small, sizeof small - 1) == 0);
    }
    CHECK(rs_fault_second_factor(head, text, small, sizeof small));
    CHECK(strcmp(small, "the us") == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    rs_slice text = {(const char *)data, size};
    check_body(text);
    check_head(text);
    return 0;
}
