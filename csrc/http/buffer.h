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
    size_t max;  /* size never passes this */
    bool secret; /* may hold a credential: it is wiped, and resize never moves
                    it */
} rs_buffer;

typedef enum rs_buffer_result {
    RS_BUFFER_OK,
    RS_BUFFER_FULL,     /* it would pass max; nothing was added */
    RS_BUFFER_NO_MEMORY /* nothing was added */
} rs_buffer_result;

rs_buffer_result rs_buffer_append(rs_buffer *buffer, const rs_allocator *memory,
                                  const char *data, size_t size);

/* Makes room for size bytes in all, if max allows it. A hint: failure is
 * ignored. */
void rs_buffer_reserve(rs_buffer *buffer, const rs_allocator *memory,
                       size_t size);

/* Hands the bytes and their block over to the caller, who frees them; the
 * buffer is empty afterwards. */
rs_buffer rs_buffer_take(rs_buffer *buffer);

/* Frees the block, and wipes it first if it is secret. The buffer can be used
 * again. */
void rs_buffer_free(rs_buffer *buffer, const rs_allocator *memory);

RS_HIDDEN_END

#endif
