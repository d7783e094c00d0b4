#include "parse/timestamp.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

/* Parses a copy without a byte to spare, so that overreads are seen. */
static bool parse(const char *text, size_t size, double *seconds) {
    char *copy = malloc(size > 0 ? size : 1);
    assert_non_null(copy);
    memcpy(copy, text, size);
    bool ok = rs_timestamp_parse((rs_slice){copy, size}, seconds);
    free(copy);
    return ok;
}

static void assert_time(const char *text, double expected) {
    double seconds = -1;
    if (!parse(text, strlen(text), &seconds))
        fail_msg("refused %s", text);
    if (seconds < expected || seconds > expected)
        fail_msg("%s: expected %f, got %f", text, expected, seconds);
}

static void assert_none(const char *text) {
    double seconds = 42;
    if (parse(text, strlen(text), &seconds))
        fail_msg("accepted %s", text);
    assert_true(seconds == 42);
}

static void reads_the_forms_that_services_send(void **state) {
    (void)state;
    assert_time("2012-02-29T03:50:07Z", 1330487407);
    assert_time("2013-02-25T07:30:12.000000", 1361777412);
    assert_time("2012-02-14T20:53:07", 1329252787);
    assert_time("2013-02-25 07:30:12", 1361777412);
    assert_time("2026-11-23T07:55:55.197971", 1795420555.197971);
    assert_time("2013-02-25t07:30:12z", 1361777412);
}

static void counts_from_the_epoch(void **state) {
    (void)state;
    assert_time("1970-01-01T00:00:00Z", 0);
    assert_time("1970-01-01T00:00:01", 1);
    assert_time("1969-12-31T23:59:59", -1);
    assert_time("1969-12-31T23:59:59.25", -0.75);
    assert_time("2038-01-19T03:14:08Z", 2147483648);
    assert_time("1900-01-01T00:00:00", -2208988800);
    assert_time("0000-01-01T00:00:00", -62167219200);
    assert_time("0000-02-29T00:00:00", -62162121600);
    assert_time("0001-01-01T00:00:00", -62135596800);
    assert_time("9999-12-31T23:59:59Z", 253402300799);
}

/* Writes a number with this many digits. */
static void put(char *out, int digits, int number) {
    for (; digits > 0; digits--, number /= 10)
        out[digits - 1] = (char)('0' + number % 10);
}

/* Each day of four centuries is 86400 seconds after the one before. */
static void counts_every_day(void **state) {
    char text[] = "YYYY-MM-DDT00:00:00";
    double seconds, expected = -11676096000; /* 1600-01-01 */
    (void)state;
    for (int date = 16000101; date <= 20001231; date++) {
        put(text, 4, date / 10000);
        put(text + 5, 2, date / 100 % 100);
        put(text + 8, 2, date % 100);
        if (parse(text, sizeof text - 1, &seconds)) {
            assert_true(seconds == expected);
            expected += 86400;
        }
    }
    assert_true(expected == 978307200); /* 2001-01-01: none was left out */
}

static void knows_leap_years(void **state) {
    (void)state;
    assert_time("2000-02-29T00:00:00", 951782400);
    assert_time("2024-02-29T00:00:00", 1709164800);
    assert_time("2024-03-01T00:00:00", 1709251200);
    assert_none("2023-02-29T00:00:00");
    assert_none("1900-02-29T00:00:00");
    assert_none("2100-02-29T00:00:00");
    assert_none("2024-02-30T00:00:00");
}

static void reads_fractions_of_any_length(void **state) {
    (void)state;
    assert_time("1970-01-01T00:00:00.5", 0.5);
    assert_time("1970-01-01T00:00:00.0", 0);
    assert_time("1970-01-01T00:00:00.123456Z", 0.123456);
    assert_time("1970-01-01T00:00:01.25+00:00", 1.25);
    assert_time("1970-01-01T00:00:00.1000000000000000000000000000000009", 0.1);
    assert_time("1970-01-01T00:00:00.123456789012345", 0.123456789012345);
    assert_time("1970-01-01T00:00:00.000000000000000000000000000000001", 0);
    assert_none("1970-01-01T00:00:00.");
    assert_none("1970-01-01T00:00:00.Z");
    assert_none("1970-01-01T00:00:00.1.2");
    assert_none("1970-01-01T00:00:00.1e3");
    assert_none("1970-01-01T00:00:00,5");
}

static void subtracts_offsets(void **state) {
    (void)state;
    assert_time("2013-02-25T07:30:12+02:00", 1361770212);
    assert_time("2013-02-25T07:30:12-02:00", 1361784612);
    assert_time("2013-02-25T07:30:12+0530", 1361757612);
    assert_time("2013-02-25T07:30:12.5-0330", 1361790012.5);
    assert_time("2013-02-25 07:30:12+00:00", 1361777412);
    assert_time("1970-01-01T00:00:00+23:59", -86340);
    assert_none("2013-02-25T07:30:12+24:00");
    assert_none("2013-02-25T07:30:12+02:60");
    assert_none("2013-02-25T07:30:12+02");
    assert_none("2013-02-25T07:30:12+02:");
    assert_none("2013-02-25T07:30:12+2:00");
    assert_none("2013-02-25T07:30:12+02:0");
    assert_none("2013-02-25T07:30:12+02:000");
    assert_none("2013-02-25T07:30:12+02:00Z");
    assert_none("2013-02-25T07:30:12Z+02:00");
    assert_none("2013-02-25T07:30:12 +02:00");
    assert_none("2013-02-25T07:30:12+");
    assert_none("2013-02-25T07:30:12UTC");
}

static void accepts_leap_seconds(void **state) {
    (void)state;
    assert_time("2016-12-31T23:59:60Z", 1483228800);
    assert_time("2016-12-31T23:59:60.5Z", 1483228800.5);
    assert_none("2016-12-31T23:59:61Z");
}

static void refuses_numbers_out_of_range(void **state) {
    (void)state;
    assert_none("2013-00-25T07:30:12");
    assert_none("2013-13-25T07:30:12");
    assert_none("2013-02-00T07:30:12");
    assert_none("2013-02-30T07:30:12");
    assert_none("2013-04-31T07:30:12");
    assert_none("2013-12-32T07:30:12");
    assert_none("2013-02-25T24:00:00");
    assert_none("2013-02-25T07:60:12");
    assert_none("2013-02-25T99:99:99");
}

static void refuses_what_is_no_time(void **state) {
    static const char *const cases[] = {"",
                                        "Z",
                                        "null",
                                        "yesterday",
                                        "1361777412",
                                        "2013-02-25",
                                        "07:30:12",
                                        "2013-02-25T07:30",
                                        "2013-02-25T07:30:12 ",
                                        " 2013-02-25T07:30:12",
                                        "2013-02-25T07:30:12x",
                                        "2013-02-25T07:30:12ZZ",
                                        "2013-02-25_07:30:12",
                                        "2013-02-25  07:30:12",
                                        "2013/02/25T07:30:12",
                                        "2013-02-25T07.30.12",
                                        "20130225T073012Z",
                                        "13-02-25T07:30:12",
                                        "12013-02-25T07:30:12",
                                        "2013-2-25T07:30:12",
                                        "2013-02-25T7:30:12",
                                        "2013-02-25T07:30:1",
                                        "-013-02-25T07:30:12",
                                        "+2013-02-25T07:30:12",
                                        "2013-02-25T-7:30:12",
                                        "2013-02-25T 7:30:12",
                                        "2013-02-25TT07:30:12",
                                        "2O13-02-25T07:30:12",
                                        "Mon, 25 Feb 2013 07:30:12 GMT",
                                        "2013-W09-1T07:30:12",
                                        "2013-056T07:30:12"};
    double seconds = 42;
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        assert_none(cases[i]);
    assert_false(parse("2013-02-25T07:30:12\0", 20, &seconds));
    assert_false(parse("2013-02-25\00007:30:12", 19, &seconds));
    assert_false(rs_timestamp_parse((rs_slice){NULL, 0}, &seconds));
}

static void refuses_every_truncation(void **state) {
    static const char whole[] = "2013-02-25T07:30:12.5+02:00";
    double seconds;
    (void)state;
    for (size_t cut = 0; cut < sizeof whole - 1; cut++) {
        bool complete = cut == 19 || cut == 21;
        assert_true(parse(whole, cut, &seconds) == complete);
    }
}

int main(void) {
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_the_forms_that_services_send),
        cmocka_unit_test(counts_from_the_epoch),
        cmocka_unit_test(counts_every_day),
        cmocka_unit_test(knows_leap_years),
        cmocka_unit_test(reads_fractions_of_any_length),
        cmocka_unit_test(subtracts_offsets),
        cmocka_unit_test(accepts_leap_seconds),
        cmocka_unit_test(refuses_numbers_out_of_range),
        cmocka_unit_test(refuses_what_is_no_time),
        cmocka_unit_test(refuses_every_truncation),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
