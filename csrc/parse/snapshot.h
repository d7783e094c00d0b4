/*
 * Snapshots out of a service's JSON, in either spelling of their names.
 *
 * Nothing here allocates: a snapshot is its own JSON text plus the places of
 * the known fields in it, a page is its body plus the places of its snapshots.
 * All places are offsets, so the text can be copied and moved freely.
 */
#ifndef RS_SNAPSHOT_H
#define RS_SNAPSHOT_H

#include <stdbool.h>
#include <stdint.h>

#include "parse/hidden.h"
#include "parse/json.h"
#include "parse/slice.h"

RS_HIDDEN

/* In the order in which a snapshot's fields are walked. */
typedef enum rs_field {
    RS_FIELD_ID,
    RS_FIELD_VOLUME_ID,
    RS_FIELD_NAME,
    RS_FIELD_DESCRIPTION,
    RS_FIELD_STATUS,
    RS_FIELD_SIZE,
    RS_FIELD_PROGRESS,
    RS_FIELD_PROJECT_ID,
    RS_FIELD_METADATA,
    RS_FIELD_CREATED_AT,
    RS_FIELD_UPDATED_AT,
    RS_FIELD_USER_ID,
    RS_FIELD_GROUP_SNAPSHOT_ID,
    RS_FIELD_CONSUMES_QUOTA,
    RS_FIELD_COUNT
} rs_field;

typedef enum rs_value_type {
    RS_VALUE_NONE, /* absent or null */
    RS_VALUE_STRING,
    RS_VALUE_ESCAPED, /* a string that rs_json_unescape has to see */
    RS_VALUE_INTEGER,
    RS_VALUE_BOOLEAN,
    RS_VALUE_OBJECT /* its text is the whole object, braces included */
} rs_value_type;

typedef struct rs_value {
    uint32_t offset; /* from the snapshot's opening brace */
    uint32_t size;   /* bytes; of a string, without its quotes */
    rs_value_type type;
} rs_value;

typedef struct rs_snapshot {
    uint32_t size; /* bytes of the snapshot's text, both braces included */
    int64_t gib;   /* RS_FIELD_SIZE, where it is there */
    bool consumes_quota;
    rs_value fields[RS_FIELD_COUNT];
} rs_snapshot;

/* Where a snapshot's object lies in its page's text. */
typedef struct rs_span {
    uint32_t offset, size;
} rs_span;

typedef struct rs_page {
    size_t count;       /* of snapshots */
    int64_t total;      /* "count" as the service gave it, or -1 */
    rs_slice next_link; /* the href, still escaped, or size 0 */
    bool next_escaped;
} rs_page;

typedef struct rs_decode_error {
    char message[192]; /* where, and what was wrong there */
} rs_decode_error;

/* A field's public name ("project_id"). */
const char *rs_field_name(rs_field field);

/* The field of that public name, or RS_FIELD_COUNT. */
rs_field rs_field_find(rs_slice name);

/* Is this wire name (decoded) one that a known field is read from? */
bool rs_field_is_wire_name(rs_slice name);

/* A bare snapshot object, from its first to its last byte. "id" must be there
 * and not empty; a field of another type than the API's is an error, null is
 * not; of a duplicate key the last wins. Of a field in both its spellings a
 * value wins over a null, and of two values the last. On failure *snapshot is
 * left in any state. */
bool rs_snapshot_parse(rs_slice text, rs_snapshot *snapshot,
                       rs_decode_error *error);

/* {"snapshot": {...}}: where the object lies. Checks the text as JSON but not
 * the snapshot, which is for rs_snapshot_parse. */
bool rs_snapshot_find(rs_slice text, rs_span *span, rs_decode_error *error);

/* {"snapshots": [...], "snapshots_links": [...], "count": N}: everything is
 * checked, and the places of the first capacity snapshots are written to spans.
 * Where page->count comes out larger than capacity, call again with room for
 * that many. spans may be NULL where capacity is 0. Of the links only "next" is
 * of interest, and its href has at most 16 KiB. Texts of 4 GiB and more are an
 * error, here and above. */
bool rs_page_parse(rs_slice text, rs_page *page, rs_span *spans,
                   size_t capacity, rs_decode_error *error);

RS_HIDDEN_END

#endif
