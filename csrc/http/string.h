/*
 * Owned texts with their size, so that they can be wiped.
 */
#ifndef RS_STRING_H
#define RS_STRING_H

#include <stdbool.h>

#include "http/memory.h"
#include "parse/hidden.h"

RS_HIDDEN

typedef struct rs_string {
    char *data; /* NUL-terminated; NULL: none */
    size_t size;
} rs_string;

/* A copy of that many bytes. The string must be empty before; false when memory
 * runs out. */
bool rs_string_set(rs_string *string, const rs_allocator *memory,
                   const char *data, size_t size);

/* The same for a NUL-terminated text; NULL leaves the string empty. */
bool rs_string_copy(rs_string *string, const rs_allocator *memory,
                    const char *text);

/* Replaces the text by a copy of another; when memory runs out, the old one
 * stays. */
bool rs_string_replace(rs_string *string, const rs_allocator *memory,
                       const char *text);

/* Wipes and frees; idempotent. */
void rs_string_free(rs_string *string, const rs_allocator *memory);

RS_HIDDEN_END

#endif
