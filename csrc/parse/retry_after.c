/*
 * Reads Retry-After (RFC 9110, 10.2.3) and HTTP dates (5.6.7).
 */
#include "parse/ascii.h"
#include "parse/fault.h"
#include "parse/timestamp.h"

#define LONGEST 1e9 /* seconds */
#define HALF_CENTURY 1577880000.0

/* The parts of a date as text. */
typedef struct http_date {
    rs_slice day, month, year, clock;
} http_date;

/* Takes the text up to the first of these characters, and skips all of them
 * that follow. */
static rs_slice take_until(rs_slice *text, const char *ends) {
    rs_slice part = {text->data, 0};
    while (part.size < text->size &&
           strchr(ends, text->data[part.size]) == NULL)
        part.size++;
    *text = rs_slice_from(*text, part.size);
    while (text->size > 0 && strchr(ends, text->data[0]) != NULL &&
           text->data[0] != '\0')
        *text = rs_slice_from(*text, 1);
    return part;
}

/* The month's number; 0 if it is not a month. */
static int month_number(rs_slice name) {
    static const char months[] = "janfebmaraprmayjunjulaugsepoctnovdec";
    for (int i = 0; i < 12; i++) {
        char month[4] = {months[3 * i], months[3 * i + 1], months[3 * i + 2]};
        if (rs_slice_spells(name, month))
            return i + 1;
    }
    return 0;
}

/* The date in seconds; false if its parts do not have the right sizes or
 * values. */
static bool to_seconds(const http_date *d, double *seconds) {
    char text[] = "YYYY-MM-DDTHH:MM:SS";
    int month = month_number(d->month);
    if (month == 0 || d->year.size != 4 || d->clock.size != 8 ||
        d->day.size < 1 || d->day.size > 2)
        return false;
    memcpy(text, d->year.data, 4);
    text[5] = (char)('0' + month / 10);
    text[6] = (char)('0' + month % 10);
    text[8] = '0'; /* asctime's days have one digit up to the ninth */
    memcpy(text + 10 - d->day.size, d->day.data, d->day.size);
    memcpy(text + 11, d->clock.data, 8);
    return rs_timestamp_parse((rs_slice){text, sizeof text - 1}, seconds);
}

/* The same, but the year may have two digits: it is the one that is at most
 * fifty years from now (RFC 9110). */
static bool to_recent_seconds(http_date *d, double now, double *seconds) {
    char year[4] = {'2', '0'};
    if (d->year.size != 2)
        return to_seconds(d, seconds);
    memcpy(year + 2, d->year.data, 2);
    d->year = (rs_slice){year, 4};
    if (!to_seconds(d, seconds))
        return false;
    if (*seconds > now + HALF_CENTURY) {
        memcpy(year, "19", 2);
        return to_seconds(d, seconds);
    }
    return true;
}

bool rs_http_date(rs_slice text, double now, double *seconds) {
    http_date d;
    text = rs_slice_trim(text);
    (void)take_until(&text, ", "); /* the weekday, which is not needed */
    if (text.size > 2 && text.data[2] == '-') {
        d.day = take_until(&text, "-"); /* Sunday, 06-Nov-94 08:49:37 GMT */
        d.month = take_until(&text, "-");
        d.year = take_until(&text, " ");
        d.clock = take_until(&text, " ");
        return rs_slice_spells(text, "gmt") &&
               to_recent_seconds(&d, now, seconds);
    }
    if (text.size > 0 && rs_is_letter(text.data[0])) {
        d.month = take_until(&text, " "); /* Sun Nov  6 08:49:37 1994 */
        d.day = take_until(&text, " ");
        d.clock = take_until(&text, " ");
        d.year = text;
        return to_seconds(&d, seconds);
    }
    d.day = take_until(&text, " "); /* Sun, 06 Nov 1994 08:49:37 GMT */
    d.month = take_until(&text, " ");
    d.year = take_until(&text, " ");
    d.clock = take_until(&text, " ");
    return rs_slice_spells(text, "gmt") && to_seconds(&d, seconds);
}

/* Reads a number of seconds, which may have a fraction; false if the text is
 * not one. */
static bool read_number(rs_slice text, double *seconds) {
    double fraction = 0, parts = 0; /* parts: 0 before the point */
    *seconds = 0;
    for (size_t i = 0; i < text.size; i++) {
        if (text.data[i] == '.' && i > 0 && i + 1 < text.size && parts == 0) {
            parts = 1;
        } else if (!rs_is_digit(text.data[i])) {
            return false;
        } else if (parts == 0) {
            *seconds = *seconds * 10 + (text.data[i] - '0');
        } else if (parts < 1e9) {
            fraction = fraction * 10 + (text.data[i] - '0');
            parts *= 10;
        }
    }
    if (parts > 0)
        *seconds += fraction / parts;
    return text.size > 0;
}

double rs_retry_after(rs_slice value, rs_slice date, double now) {
    double seconds, from = now;
    value = rs_slice_trim(value);
    if (!read_number(value, &seconds)) {
        (void)rs_http_date(date, now, &from);
        if (!rs_http_date(value, from, &seconds))
            return -1;
        seconds -= from;
    }
    return seconds < 0 ? 0 : seconds > LONGEST ? LONGEST : seconds;
}
