/*
 * The fast reader of a page's rows, which knows the usual form and refuses the
 * rest.
 *
 * It checks every byte as the careful reader (rs_decoder_snapshot) does: what
 * it accepts, the careful reader accepts, too, with the same record. It makes
 * no error messages: what it refuses, the careful reader decides. Private to
 * parse.
 */
#ifndef RS_ROW_H
#define RS_ROW_H

#include "parse/snapshot.h"

RS_HIDDEN

#define RS_MAX_LEADS 24

/* What was between two values of a row, such as `, "size": `. If the next row
 * has the same bytes at the same place, they need not be read again. A wrong
 * guess costs only time. */
typedef struct rs_lead {
    const char *text;
    uint8_t size;
    uint8_t field; /* an rs_field, RS_FIELD_COUNT for an unknown name */
} rs_lead;

typedef struct rs_leads {
    unsigned count;
    rs_lead leads[RS_MAX_LEADS];
} rs_leads;

/* Reads the object that begins at `at`; end is the end of the page's text, to
 * which the leads point. Returns the place after the object, or NULL if it is
 * unusual or wrong; then *snapshot may be in any state. */
const char *rs_row_read(const char *at, const char *end, rs_leads *leads,
                        rs_snapshot *snapshot);

RS_HIDDEN_END

#endif
