/*
 * A view of bytes that somebody else owns: never NUL-terminated, never freed.
 */
#ifndef RS_SLICE_H
#define RS_SLICE_H

#include <stddef.h>
#include <string.h>

typedef struct rs_slice {
    const char *data;
    size_t size; /* bytes */
} rs_slice;

/* Is the slice exactly this NUL-terminated text? */
static inline int rs_slice_is(rs_slice slice, const char *text) {
    return strlen(text) == slice.size &&
           memcmp(slice.data, text, slice.size) == 0;
}

#endif
