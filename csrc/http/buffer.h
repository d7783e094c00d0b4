/*
 * Bytes that grow up to a mandatory maximum.
 */
#ifndef RS_BUFFER_H
#define RS_BUFFER_H

#include <stdbool.h>

#include "http/memory.h"
#include "parse/hidden.h"

RS_HIDDEN

typedef struct rs_buffer {
    char *data; /* owned; NULL while nothing was written */
    size_t size, capacity;
    size_t max; /* size never passes this */
    bool
        secret; /* it may hold a credential: wiped, and never moved by resize */
} rs_buffer;

typedef enum rs_buffer_result {
    RS_BUFFER_OK,
    RS_BUFFER_FULL,     /* it would pass max; nothing was added */
    RS_BUFFER_NO_MEMORY /* nothing was added */
} rs_buffer_result;

rs_buffer_result rs_buffer_append(rs_buffer *buffer, const rs_allocator *memory,
                                  const char *data, size_t size);

/* Room for size bytes in all, where that is allowed: a hint, never an error. */
void rs_buffer_reserve(rs_buffer *buffer, const rs_allocator *memory,
                       size_t size);

/* Its bytes and their block, for the caller to free; it has none any more. */
rs_buffer rs_buffer_take(rs_buffer *buffer);

/* Frees what it holds, wiped where it is secret; it can be used again. */
void rs_buffer_free(rs_buffer *buffer, const rs_allocator *memory);

RS_HIDDEN_END

#endif
