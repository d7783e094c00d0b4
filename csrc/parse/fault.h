/*
 * What a service says went wrong: turns the many forms of an answer with an
 * error status into a code and a message. Nothing here allocates.
 *
 * This takes two steps, so that the caller can mask secrets in between:
 * rs_fault_read copies the service's own words, raw and bounded; rs_fault_tidy
 * makes one short line of each.
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
    rs_words code;      /* the service's name for it, such as itemNotFound; size
                           0: none */
    rs_words message;   /* in its own words; size 0: none */
    double retry_after; /* seconds, as the body says, or -1 */
    bool is_own;        /* certainly said by a block storage or identity service
                           itself: a fault with a name, a code or words of its
                           own. Not an answer of a proxy, a gateway or a web
                           framework, even in JSON: such a 404 proves
                           nothing. */
    bool is_unrouted;   /* said by the service's router: there is nothing at
                           this URL. Such a 404 is RS_NOT_FOUND, but does not
                           prove that a snapshot is gone, since the URL may be
                           wrong. is_own is false. */
} rs_fault_words;

/* Reads the body of an answer with an error status, whatever it contains. */
void rs_fault_read(rs_slice body, rs_fault_words *words);

/* Makes one line: without tags, control characters and double blanks, of at
 * most RS_FAULT_LINE bytes, and "..." if it was longer. It never ends in half a
 * character. If the words were cut, the last one is left out, since it may be
 * half a secret. */
void rs_fault_tidy(rs_words *words);

/* The kind that a status stands for. retry_after in seconds; -1: none, or what
 * the body says. A snapshot is gone if this is RS_NOT_FOUND and words->is_own
 * is true. The words may be raw or tidied. */
rs_kind rs_fault_kind(long status, const rs_fault_words *words,
                      double retry_after);

/* Retry-After in seconds: a number, or an HTTP date which is compared with
 * `date` (the answer's own Date), or if that is no date, with now (Unix
 * seconds); -1 if there is none or it is junk. */
double rs_retry_after(rs_slice value, rs_slice date, double now);

/* An HTTP date as Unix seconds; false if the text is not one. A year of two
 * digits is the one that is at most fifty years from now. */
bool rs_http_date(rs_slice text, double now, double *seconds);

/* What the answer to a login says about a second factor (WWW-Authenticate:
 * OS-MF; Openstack-Auth-Receipt with its rules in the body), as a sentence in
 * `to`. size is at least 1 and includes the NUL. False if it says nothing. */
bool rs_fault_second_factor(rs_slice head, rs_slice body, char *to,
                            size_t size);

RS_HIDDEN_END

#endif
