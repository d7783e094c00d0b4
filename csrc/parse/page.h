/*
 * A page of a listing out of a service's JSON: each row is read once, and what
 * comes of it is the places of all its fields, so that a snapshot can be made
 * by copying its text and its record.
 *
 * Nothing here allocates: the rows are handed out one after another.
 */
#ifndef RS_PAGE_H
#define RS_PAGE_H

#include "parse/json.h"
#include "parse/row.h"
#include "parse/snapshot.h"

RS_HIDDEN

/* A snapshot in its page. */
typedef struct rs_record {
    uint32_t offset; /* of its opening brace in the page's text */
    rs_snapshot snapshot;
} rs_record;

typedef struct rs_page {
    size_t count;       /* rows handed out */
    size_t nulls;       /* in the place of rows */
    int64_t total;      /* the service's own "count", or -1 */
    rs_slice next_link; /* the href, still escaped, or size 0 */
    bool next_escaped;
    bool hints; /* something around the list speaks of more: "next_page", a
                   link of an unknown shape, a count above that of the rows */
} rs_page;

typedef enum rs_row {
    RS_ROW,      /* *record is row number page.count - 1: a second list of the
                    same name begins again at 0 */
    RS_ROWS_END, /* the page was whole: page says the rest */
    RS_ROWS_BAD  /* it is no page: see the error */
} rs_row;

typedef struct rs_page_reader {
    rs_page page;
    rs_json json;
    rs_decode_error *error;
    /* private: */
    int state;
    const char *array; /* the name of the envelope's list */
    size_t index;      /* in that list, with the nulls */
    bool found;        /* was there such a list? */
    bool volumes;      /* instead of snapshots */
    bool careful;      /* without the fast reader of rows, for tests */
    rs_leads leads;
} rs_page_reader;

/* Starts on {"snapshots": [...], ...links, "count": N}. The text must outlive
 * the reader. Links are found as snapshots_links, snapshot_links, links (a list
 * or an object) or next (a text or an object with href), with rel in any case;
 * what is odd around the list counts as absent, and "snapshots": null as an
 * empty list. Rows that are null are left out. "snapshots" that is missing, or
 * of another type, is an error. */
void rs_page_begin(rs_page_reader *reader, rs_slice text,
                   rs_decode_error *error);

/* The same of {"volumes": [...]}, before the first row. A volume has the fields
 * that a snapshot has, too; one without an id, or with one that is no text, is
 * the caller's to leave out. */
void rs_page_of_volumes(rs_page_reader *reader);

rs_row rs_page_next(rs_page_reader *reader, rs_record *record);

RS_HIDDEN_END

#endif
