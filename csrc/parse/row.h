/*
 * The fast reader of a page's rows, which knows the usual and refuses the rest.
 *
 * It checks every byte as the careful reader (rs_decoder_snapshot) does, and
 * what it accepts, that one accepts with the same record. It words no errors:
 * what it refuses, the careful one decides. Private to parse.
 */
#ifndef RS_ROW_H
#define RS_ROW_H

#include "parse/snapshot.h"

RS_HIDDEN

#define RS_MAX_LEADS 24

/* What stood between two values of a row: `, "size": `. The same bytes at the
 * same place in the next row mean the same, so that it does not have to be read
 * again. A guess that fails costs time, and nothing else. */
typedef struct rs_lead {
    const char *text;
    uint8_t size;
    uint8_t field; /* an rs_field, RS_FIELD_COUNT for an unknown name */
} rs_lead;

typedef struct rs_leads {
    unsigned count;
    rs_lead leads[RS_MAX_LEADS];
} rs_leads;

/* Reads the object that begins at `at`; end is the end of the page's text,
 * which the leads point into. Returns the place behind it, or NULL if it is
 * unusual or wrong, which leaves *snapshot in any state. */
const char *rs_row_read(const char *at, const char *end, rs_leads *leads,
                        rs_snapshot *snapshot);

RS_HIDDEN_END

#endif
