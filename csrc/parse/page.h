/*
 * Reads a page of a listing from a service's JSON. Each row is read once; the
 * result is the places of all its fields, so a snapshot can be made by copying
 * its text and its record.
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
    size_t nulls;       /* nulls in place of rows */
    int64_t total;      /* the service's own "count", or -1 */
    rs_slice next_link; /* the href, still escaped, or size 0 */
    bool next_escaped;
    bool hints; /* something around the list suggests more rows: "next_page", a
                   link of an unknown form, a count or total greater than the
                   number of rows */
} rs_page;

typedef enum rs_row {
    RS_ROW,      /* *record is row number page.count - 1: if a second list of
                    the same name follows, it begins again at 0 */
    RS_ROWS_END, /* the page is complete: the rest is in `page` */
    RS_ROWS_BAD  /* it is not a page: see the error */
} rs_row;

typedef struct rs_page_reader {
    rs_page page;
    rs_json json;
    rs_decode_error *error;
    /* private: */
    int state;
    const char *array; /* the name of the envelope's list */
    size_t index;      /* in that list, counting nulls */
    bool found;        /* was there such a list? */
    int64_t sum;       /* the most rows in all that a member speaks of */
    bool volumes;      /* instead of snapshots */
    bool careful;      /* do not use the fast row reader, for tests */
    rs_leads leads;
} rs_page_reader;

/* Starts reading {"snapshots": [...], ...links, "count": N}. The text must
 * outlive the reader. Links may be in snapshots_links, snapshot_links, links (a
 * list or an object) or next (a text, or an object with href), with rel in any
 * case. Odd values around the list count as absent, and "snapshots": null or {}
 * as an empty list. Rows that are null are left out. If "snapshots" is missing
 * or of another type, that is an error. */
void rs_page_begin(rs_page_reader *reader, rs_slice text,
                   rs_decode_error *error);

/* The same for {"volumes": [...]}; to be called before the first row. A volume
 * has the fields that it shares with snapshots. If it has no id, or one that is
 * not text, the caller has to leave it out. */
void rs_page_of_volumes(rs_page_reader *reader);

rs_row rs_page_next(rs_page_reader *reader, rs_record *record);

RS_HIDDEN_END

#endif
