#include "parse/timestamp.h"

/* The rest of the text. */
typedef struct cursor {
    const char *at, *end;
} cursor;

/* Takes the next character if it is one of these. */
static bool take_any(cursor *c, const char *characters) {
    for (; c->at < c->end && *characters != '\0'; characters++) {
        if (*characters == *c->at) {
            c->at++;
            return true;
        }
    }
    return false;
}

static bool take_digit(cursor *c, int *digit) {
    if (c->at == c->end || *c->at < '0' || *c->at > '9')
        return false;
    *digit = *c->at++ - '0';
    return true;
}

/* Takes a number of exactly so many digits; false if it is out of range. */
static bool take_number(cursor *c, int digits, int low, int high, int *number) {
    *number = 0;
    for (int digit; digits > 0; digits--) {
        if (!take_digit(c, &digit))
            return false;
        *number = *number * 10 + digit;
    }
    return *number >= low && *number <= high;
}

/* The length of a month, with regard to leap years. */
static int days_in_month(int year, int month) {
    static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    bool leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    return month == 2 && leap ? 29 : days[month - 1];
}

/* Days since 1970-01-01 in the Gregorian calendar, also before its
 * introduction. Years are counted from March, so that the leap day is the last
 * day. */
static int64_t days_from_civil(int year, int month, int day) {
    int shifted = month > 2 ? year : year - 1;
    int era = (shifted >= 0 ? shifted : shifted - 399) / 400;
    int year_of_era = shifted - era * 400;
    int day_of_year = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day;
    int day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 +
                     day_of_year - 1;
    return (int64_t)era * 146097 + day_of_era - 719468;
}

/* Takes "YYYY-MM-DD". */
static bool take_date(cursor *c, int64_t *seconds) {
    int year, month, day;
    if (!take_number(c, 4, 0, 9999, &year) || !take_any(c, "-") ||
        !take_number(c, 2, 1, 12, &month) || !take_any(c, "-") ||
        !take_number(c, 2, 1, days_in_month(year, month), &day))
        return false;
    *seconds += days_from_civil(year, month, day) * 86400;
    return true;
}

/* Takes "HH:MM:SS"; a leap second counts as the first second of the next
 * minute. */
static bool take_clock(cursor *c, int64_t *seconds) {
    int hour, minute, second;
    if (!take_number(c, 2, 0, 23, &hour) || !take_any(c, ":") ||
        !take_number(c, 2, 0, 59, &minute) || !take_any(c, ":") ||
        !take_number(c, 2, 0, 60, &second))
        return false;
    *seconds += hour * 3600 + minute * 60 + second;
    return true;
}

/* Takes ".digits", if there is a point. Digits beyond the precision of a double
 * are read without effect. */
static bool take_fraction(cursor *c, double *fraction) {
    int digit;
    double sum = 0, unit = 1;
    *fraction = 0;
    if (!take_any(c, "."))
        return true;
    if (!take_digit(c, &digit))
        return false;
    do {
        if (unit < 1e15) { /* both are exact up to here */
            sum = sum * 10 + digit;
            unit *= 10;
        }
    } while (take_digit(c, &digit));
    *fraction = sum / unit;
    return true;
}

/* Takes "Z", "+HH:MM", "-HHMM" or nothing, which also means UTC. */
static bool take_offset(cursor *c, int64_t *seconds) {
    int hours, minutes;
    if (c->at == c->end || take_any(c, "Zz"))
        return true;
    int sign = *c->at == '-' ? 1 : -1; /* east of Greenwich it is later */
    if (!take_any(c, "+-") || !take_number(c, 2, 0, 23, &hours))
        return false;
    take_any(c, ":");
    if (!take_number(c, 2, 0, 59, &minutes))
        return false;
    *seconds += (int64_t)sign * (hours * 60 + minutes) * 60;
    return true;
}

bool rs_timestamp_parse(rs_slice text, double *seconds) {
    const char *start = text.size > 0 ? text.data : ""; /* not NULL + 0 */
    cursor c = {start, start + text.size};
    int64_t whole = 0;
    double fraction;
    if (!take_date(&c, &whole) || !take_any(&c, "Tt ") ||
        !take_clock(&c, &whole) || !take_fraction(&c, &fraction) ||
        !take_offset(&c, &whole) || c.at != c.end)
        return false;
    *seconds = (double)whole + fraction;
    return true;
}
