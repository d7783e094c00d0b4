/*
 * Snapshots from a service's JSON, in either spelling of their names.
 *
 * Nothing here allocates: a snapshot is its own JSON text plus the places of
 * the known fields in it. All places are offsets, so that both can be copied
 * and moved freely.
 */
#ifndef RS_SNAPSHOT_H
#define RS_SNAPSHOT_H

#include <stdbool.h>
#include <stdint.h>

#include "parse/hidden.h"
#include "parse/json.h"
#include "parse/slice.h"

RS_HIDDEN

/* In the order in which a program that walks a snapshot's fields gets them. */
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

/* What is in the text, whatever the API promises for the field. */
typedef enum rs_value_type {
    RS_VALUE_NONE, /* absent or null */
    RS_VALUE_STRING,
    RS_VALUE_ESCAPED, /* a string that rs_json_unescape has to decode */
    RS_VALUE_INTEGER, /* one that fits into an int64_t */
    RS_VALUE_REAL,    /* any other number */
    RS_VALUE_TRUE,
    RS_VALUE_FALSE,
    RS_VALUE_OBJECT, /* its text is the whole object, braces included */
    RS_VALUE_ARRAY
} rs_value_type;

#define RS_VALUE_MAX ((1u << 28) - 1) /* bytes */

typedef struct rs_value {
    uint32_t offset;    /* from the snapshot's opening brace */
    uint32_t size : 28; /* bytes; for a string, without its quotes */
    uint32_t type : 4;  /* an rs_value_type */
} rs_value;

/* Where its fields are; what they mean is in parse/field.h. */
typedef struct rs_snapshot {
    uint32_t size; /* bytes of the snapshot's text, both braces included */
    rs_value fields[RS_FIELD_COUNT];
} rs_snapshot;

typedef struct rs_decode_error {
    char message[512]; /* where it is, and what is wrong there */
} rs_decode_error;

/* A field's public name ("project_id"), followed by a NUL. */
rs_slice rs_field_name(rs_field field);

/* The field that is read from this wire name (decoded), or RS_FIELD_COUNT. */
rs_field rs_field_of_wire_name(rs_slice name);

/* Why this text cannot be an id; NULL: it can. In a path, "." and ".." would
 * lead elsewhere. */
const char *rs_id_flaw(rs_slice id);

/* Reads a bare snapshot object, from its first to its last byte. "id" must be
 * there, as a string that is not empty or as a number; all other fields may
 * have any value. Of duplicate keys, the last wins. If a field comes in both
 * spellings, a value wins over null, and of two values the last wins. On
 * failure, *snapshot may be in any state. The text must be shorter than 4 GiB,
 * and each field than 256 MiB. */
bool rs_snapshot_parse(rs_slice text, rs_snapshot *snapshot,
                       rs_decode_error *error);

/* {"snapshot": {...}}: finds where the object is. Checks the text as JSON but
 * not the snapshot, for which there is rs_snapshot_parse. */
bool rs_snapshot_find(rs_slice text, rs_slice *object, rs_decode_error *error);

/* Both: finds the object and parses it. The usual form is read only once. */
bool rs_snapshot_read(rs_slice text, rs_slice *object, rs_snapshot *snapshot,
                      rs_decode_error *error);

RS_HIDDEN_END

#endif
