/*
 * Times: a time that is read is the one that the C library makes of the same
 * numbers. A refused one leaves nothing behind.
 */
#define _DEFAULT_SOURCE /* timegm */
#include "parse/timestamp.h"

#include "fuzz.h"

#include <time.h>

#define UNTOUCHED 0.123456789

/* The number that these digits stand for. */
static int number(const char *text, size_t at, size_t digits) {
    int value = 0;
    for (size_t i = at; i < at + digits; i++) {
        CHECK(text[i] >= '0' && text[i] <= '9');
        value = value * 10 + (text[i] - '0');
    }
    return value;
}

/* Seconds east that the offset is with which the text ends from there on. */
static int offset_at(rs_slice text, size_t at) {
    if (at == text.size)
        return 0;
    if (text.data[at] == 'Z' || text.data[at] == 'z') {
        CHECK(at + 1 == text.size);
        return 0;
    }
    bool colon = text.size - at == sizeof "+02:00" - 1;
    CHECK(colon || text.size - at == sizeof "+0200" - 1);
    CHECK(!colon || text.data[at + 3] == ':');
    int hours = number(text.data, at + 1, 2);
    int minutes = number(text.data, text.size - 2, 2);
    int east = (hours * 60 + minutes) * 60;
    CHECK(text.data[at] == '-' || text.data[at] == '+');
    return text.data[at] == '-' ? -east : east;
}

/* The same, behind the seconds and their fraction. */
static int offset_of(rs_slice text) {
    size_t at = sizeof "2013-02-25T07:30:12" - 1;
    if (at < text.size && text.data[at] == '.') {
        (void)number(text.data, ++at, 1);
        while (at < text.size && strchr("0123456789", text.data[at]) != NULL &&
               text.data[at] != '\0')
            at++;
    }
    return offset_at(text, at);
}

static double expected(rs_slice text) {
    const char *at = text.data;
    struct tm when = {.tm_year = number(at, 0, 4) - 1900,
                      .tm_mon = number(at, 5, 2) - 1,
                      .tm_mday = number(at, 8, 2),
                      .tm_hour = number(at, 11, 2),
                      .tm_min = number(at, 14, 2),
                      .tm_sec = number(at, 17, 2)};
    int day = when.tm_mday, month = when.tm_mon;
    bool leap_second = when.tm_sec == 60;
    when.tm_sec -= leap_second;
    time_t seconds = timegm(&when);
    CHECK(when.tm_mday == day && when.tm_mon == month); /* there is that day */
    return (double)(seconds + leap_second - offset_of(text));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    rs_slice text = {(const char *)data, size};
    double seconds = UNTOUCHED;
    if (!rs_timestamp_parse(text, &seconds)) {
        CHECK(seconds == UNTOUCHED);
        return 0;
    }
    CHECK(size >= sizeof "2013-02-25T07:30:12" - 1);
    double fraction = seconds - expected(text);
    CHECK(fraction >= 0 && fraction <= 1);
    CHECK(fraction == 0 || text.data[19] == '.');
    return 0;
}
