/*
 * What a service says went wrong: the many shapes of an answer with a bad
 * status, as a code and a message. Nothing here allocates.
 *
 * Reading is in two steps, so that the caller can take its secrets out of the
 * words between them: rs_fault_read copies the service's own words, raw and
 * bounded; rs_fault_tidy makes one short line of each.
 */
#ifndef RS_FAULT_H
#define RS_FAULT_H

#include <stdbool.h>
#include <stddef.h>

#include "parse/hidden.h"
#include "parse/kind.h"
#include "parse/slice.h"

RS_HIDDEN

#define RS_FAULT_RAW 4096 /* bytes kept of a raw message or code */
#define RS_FAULT_LINE 300 /* bytes of a message for people, before "..." */

typedef struct rs_words {
    char data[RS_FAULT_RAW + 8]; /* UTF-8, not NUL-terminated */
    size_t size;
    bool cut; /* there was more: the end may be half a word */
} rs_words;

typedef struct rs_fault_words {
    rs_words code;      /* the service's name for it, as itemNotFound; size 0 */
    rs_words message;   /* its own words; size 0: none */
    double retry_after; /* seconds that the body names, or -1 */
    bool is_own;        /* certainly said by a block storage or identity
                           service itself: a fault with a name, a code or words
                           of its own. Not what a proxy, a gateway or a web
                           framework answers, in JSON either: such a 404 proves
                           nothing. */
    bool is_unrouted;   /* the service itself, but its router: there is nothing
                           at this URL. Such a 404 is RS_NOT_FOUND, yet no proof
                           that a snapshot is gone, since is_own is false: the
                           URL may be wrong. */
} rs_fault_words;

/* Reads the body of an answer with a bad status, whatever it is. */
void rs_fault_read(rs_slice body, rs_fault_words *words);

/* One line: without tags, controls and double blanks, at most RS_FAULT_LINE
 * bytes and "..." where it is longer, never half a character, nor the last word
 * of what was cut, which may be half a secret. */
void rs_fault_tidy(rs_words *words);

/* The kind that a status stands for. retry_after in seconds, -1: none, or what
 * the body says. A snapshot is gone where this is RS_NOT_FOUND and
 * words->is_own is true. Wants the words as they were read or as they were
 * tidied. */
rs_kind rs_fault_kind(long status, const rs_fault_words *words,
                      double retry_after);

/* Retry-After in seconds: a number, or an HTTP date that is relative to `date`
 * (the answer's own Date), or where that is none to now (Unix seconds); -1 for
 * none and for junk. */
double rs_retry_after(rs_slice value, rs_slice date, double now);

/* An HTTP date's Unix seconds; false if the text is none. A year of two
 * digits is the one that is not more than fifty years from now. */
bool rs_http_date(rs_slice text, double now, double *seconds);

/* What the answer to a login says of a second factor (WWW-Authenticate: OS-MF;
 * Openstack-Auth-Receipt with its rules in the body): a sentence in `to`, of at
 * most size bytes with its NUL, which is one at least. False where there is
 * none. */
bool rs_fault_second_factor(rs_slice head, rs_slice body, char *to,
                            size_t size);

RS_HIDDEN_END

#endif
