/*
 * The values of a snapshot's fields, whatever type a service gave them: the
 * nearest value of the documented type, or none.
 *
 * Each function takes the snapshot's text from its opening brace on (in a page:
 * the page's text + record.offset), and its record. Nothing here allocates.
 *
 * A function that needs room takes scratch. The result is in the snapshot's own
 * text or in scratch, and lives as long as these. data NULL with size 0: there
 * is no value. data NULL with another size: scratch has to be that large.
 * Scratch may be NULL with size 0.
 */
#ifndef RS_FIELD_H
#define RS_FIELD_H

#include "parse/snapshot.h"

RS_HIDDEN

/* A field as text: a number or boolean as it is written; a progress that is a
 * number gets its "%". Objects and arrays count as none. */
rs_slice rs_snapshot_text(const char *text, const rs_snapshot *snapshot,
                          rs_field field, char *scratch, size_t scratch_size);

/* Is the field exactly this text? */
bool rs_snapshot_is(const char *text, const rs_snapshot *snapshot,
                    rs_field field, rs_slice wanted);

/* RS_FIELD_CREATED_AT or RS_FIELD_UPDATED_AT as Unix seconds. A number is
 * seconds, or milliseconds if it is greater than 1e11. */
bool rs_snapshot_time(const char *text, const rs_snapshot *snapshot,
                      rs_field field, double *seconds);

/* RS_FIELD_SIZE: 10, 10.0, "10" and "10.0" are ten; what is negative, not a
 * whole number or too large for an int64_t counts as none. */
bool rs_snapshot_gib(const char *text, const rs_snapshot *snapshot,
                     int64_t *gib);

/* RS_FIELD_CONSUMES_QUOTA: true, "true" in any case, 1, and their opposites. */
bool rs_snapshot_consumes_quota(const char *text, const rs_snapshot *snapshot,
                                bool *consumes);

/* A whole number, as a number or as text, by the rules of rs_snapshot_gib. */
bool rs_token_whole(const rs_json_token *token, int64_t *number);

/* An item of its metadata. Numbers, booleans, objects and arrays give their
 * JSON text. */
typedef struct rs_pair {
    rs_text key;
    rs_text value; /* raw.data NULL: null, which counts as absent, even if the
                      same key had a value before */
} rs_pair;

typedef struct rs_metadata_reader {
    rs_json json; /* private */
} rs_metadata_reader;

/* Starts reading the pairs, in their order; none if metadata is not an object.
 */
void rs_metadata_begin(rs_metadata_reader *reader, const char *text,
                       const rs_snapshot *snapshot);

bool rs_metadata_next(rs_metadata_reader *reader, rs_pair *pair);

/* The value of that key (decoded); of several, the last. False if it is null or
 * not there. */
bool rs_metadata_find(const char *text, const rs_snapshot *snapshot,
                      rs_slice key, rs_text *value);

/* The JSON of any member of the object, by its wire name (decoded); of several,
 * the last. False if there is none. */
bool rs_snapshot_member(const char *text, const rs_snapshot *snapshot,
                        rs_slice name, rs_slice *json);

RS_HIDDEN_END

#endif
