/*
 * What the readers of faults share.
 */
#ifndef RS_FAULT_INTERNAL_H
#define RS_FAULT_INTERNAL_H

#include "parse/ascii.h"
#include "parse/fault.h"

RS_HIDDEN

#define RS_FAULT_CODE 128     /* bytes of a code at most */
#define RS_FAULT_TEXT 65536   /* bytes read of a body that is not JSON */
#define RS_FAULT_JSON 1048576 /* bytes of JSON; a larger body is a text */

/* A fault while it is read. */
typedef struct rs_fault_reader {
    rs_fault_words *words;
    const char *glue; /* what to add before the next words */
    bool is_document; /* JSON or XML with members, not a text */
    bool is_embedded; /* reading a document that is a string in another */
    bool is_named;    /* by its envelope, like {"itemNotFound": {...}} */
    bool is_coded;    /* the code came from a code, not from a title */
    bool is_titled;   /* {"error": {"code": 404, "message", "title"}} */
    bool is_webob;    /* {"code": "404 Not Found", "title": "Not Found", ...} */
} rs_fault_reader;

/* The size of the tag at the start of the text; 0: there is no tag. */
size_t rs_fault_tag(rs_slice text);

/* Adds UTF-8 text, with U+FFFD for each byte that is not UTF-8. */
void rs_words_add(rs_words *words, rs_slice text);

/* Takes the text as the fault's code, if there is none yet. False if it cannot
 * be a code, like "404 Not Found" or a sentence. */
bool rs_fault_take_code(rs_fault_reader *reader, rs_slice text);

/* Reads JSON; false if it is not JSON. */
bool rs_fault_read_json(rs_fault_reader *reader, rs_slice body);

/* Reads XML with a fault in it; false if it is not that. */
bool rs_fault_read_xml(rs_fault_reader *reader, rs_slice body);

/* Reads an HTML page or plain text. */
void rs_fault_read_text(rs_fault_words *words, rs_slice body);

/* Is this certainly from the service itself? */
bool rs_fault_is_own(const rs_fault_reader *reader);

/* Does a router say that it has nothing at this URL? */
bool rs_fault_is_unrouted(const rs_fault_reader *reader);

/* Is this one of the names, ignoring case, "_" and "-"? names are separated by
 * blanks. */
bool rs_fault_has_name(rs_slice name, const char *names);

RS_HIDDEN_END

#endif
