/*
 * What the readers of faults share.
 */
#ifndef RS_FAULT_INTERNAL_H
#define RS_FAULT_INTERNAL_H

#include "parse/ascii.h"
#include "parse/fault.h"

RS_HIDDEN

#define RS_FAULT_CODE 128     /* bytes that a code may have */
#define RS_FAULT_TEXT 65536   /* bytes of a text to look at */
#define RS_FAULT_JSON 1048576 /* bytes of JSON; a larger body is a text */

/* A fault while it is read. */
typedef struct rs_fault_reader {
    rs_fault_words *words;
    const char *glue; /* what to put before the next words */
    bool is_document; /* JSON or XML with members, not a text */
    bool is_embedded; /* reading a document that is a text of another */
    bool is_named;    /* by its envelope, as {"itemNotFound": {...}} */
    bool is_coded;    /* the code came as a code, not as a title */
    bool is_titled;   /* {"error": {"code": 404, "message", "title"}} */
    bool is_webob;    /* {"code": "404 Not Found", "title": "Not Found", ...} */
} rs_fault_reader;

/* The bytes of the tag at the start of the text, 0 for none. */
size_t rs_fault_tag(rs_slice text);

/* Adds UTF-8 text, with U+FFFD for each byte that is none. */
void rs_words_add(rs_words *words, rs_slice text);

/* The reader's code, unless it has one: false if the text can be none, as
 * "404 Not Found" or a sentence. */
bool rs_fault_take_code(rs_fault_reader *reader, rs_slice text);

/* Reads JSON; false if it is none. */
bool rs_fault_read_json(rs_fault_reader *reader, rs_slice body);

/* Reads XML with a fault in it; false if it is none. */
bool rs_fault_read_xml(rs_fault_reader *reader, rs_slice body);

/* Reads a page or plain text. */
void rs_fault_read_text(rs_fault_words *words, rs_slice body);

/* Is it certain that the service itself says so? */
bool rs_fault_is_own(const rs_fault_reader *reader);

/* Does a router say that it has nothing at this URL? */
bool rs_fault_is_unrouted(const rs_fault_reader *reader);

/* Is this, without case, "_" and "-", one of the names, which are separated by
 * blanks? */
bool rs_fault_has_name(rs_slice name, const char *names);

RS_HIDDEN_END

#endif
