#include "parse/head.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

/* Looks in a copy without a byte to spare, so that a sanitizer sees every
 * overread; NULL for nothing found, else a string to be freed. */
static char *find(const char *head, const char *name) {
    size_t size = strlen(head);
    char *copy = malloc(size > 0 ? size : 1), *result = NULL;
    assert_non_null(copy);
    memcpy(copy, head, size);
    rs_slice value = rs_head_find((rs_slice){copy, size}, name);
    if (value.data != NULL) {
        result = calloc(1, value.size + 1);
        assert_non_null(result);
        memcpy(result, value.data, value.size);
    } else {
        assert_int_equal(value.size, 0);
    }
    free(copy);
    return result;
}

static void assert_found(const char *head, const char *name,
                         const char *expected) {
    char *value = find(head, name);
    assert_non_null(value);
    assert_string_equal(value, expected);
    free(value);
}

static void assert_missing(const char *head, const char *name) {
    assert_null(find(head, name));
}

static const char answer[] = "HTTP/1.1 429 Too Many Requests\r\n"
                             "Date: Sun, 06 Nov 1994 08:49:37 GMT\r\n"
                             "Retry-After: \t 5 \t\r\n"
                             "X-Empty:\r\n"
                             "X-Colons:a:b: c\r\n"
                             "X-Twice: first\r\n"
                             "x-twice: last\r\n"
                             "\r\n";

static void finds_a_header_in_any_case(void **state) {
    (void)state;
    assert_found(answer, "Retry-After", "5");
    assert_found(answer, "retry-after", "5");
    assert_found(answer, "DATE", "Sun, 06 Nov 1994 08:49:37 GMT");
}

static void takes_the_whole_value(void **state) {
    (void)state;
    assert_found(answer, "X-Empty", "");
    assert_found(answer, "X-Colons", "a:b: c");
    assert_found("A: b", "A", "b"); /* no line's end */
    assert_found("A:", "A", "");
    assert_found("A: \nB: c\n", "A", "");
    assert_found("A: b\n", "A", "b"); /* a bare line feed */
}

static void takes_the_last_of_several(void **state) {
    (void)state;
    assert_found(answer, "X-Twice", "last");
}

static void takes_the_lines_into_which_one_is_folded(void **state) {
    (void)state;
    assert_found("A:\r\n b\r\n\tc\r\nD: e\r\n\r\n", "A", "b\r\n\tc");
    assert_found("A: b\n \nD: e\n", "A", "b");
    assert_missing("A: b\r\n D: e\r\n", "D");
}

static void takes_one_after_another(void **state) {
    (void)state;
    rs_slice head = {answer, sizeof answer - 1};
    assert_int_equal(rs_head_take(&head, "X-TWICE").size, 5);
    assert_int_equal(rs_head_take(&head, "X-TWICE").size, 4);
    assert_null(rs_head_take(&head, "X-TWICE").data);
    assert_int_equal(head.size, 0);
}

static void finds_nothing_else(void **state) {
    (void)state;
    assert_missing(answer, "Retry");
    assert_missing(answer, "Retry-After2");
    assert_missing(answer, "After");
    assert_missing(answer, "HTTP/1.1 429 Too Many Requests");
    assert_missing(answer, "first");
    assert_missing(" A: b\r\n", "A");
    assert_missing("A : b\r\n", "A");
    assert_missing("", "A");
    assert_missing("A", "A");
    assert_missing("A\r\n", "A\r");
    assert_null(rs_head_find((rs_slice){NULL, 0}, "A").data);
}

/* Only ASCII letters are compared without case. */
static void compares_bytes_that_are_not_letters_exactly(void **state) {
    (void)state;
    assert_missing("A[: b\r\n", "A{");
    assert_missing("\xC3\x89: b\r\n", "\xC3\xA9");
    assert_found("\xC3\x89: b\r\n", "\xC3\x89", "b");
}

int main(void) {
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(finds_a_header_in_any_case),
        cmocka_unit_test(takes_the_whole_value),
        cmocka_unit_test(takes_the_last_of_several),
        cmocka_unit_test(takes_the_lines_into_which_one_is_folded),
        cmocka_unit_test(takes_one_after_another),
        cmocka_unit_test(finds_nothing_else),
        cmocka_unit_test(compares_bytes_that_are_not_letters_exactly),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
