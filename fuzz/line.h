/* For inputs whose first lines are arguments. */
#ifndef RS_FUZZ_LINE_H
#define RS_FUZZ_LINE_H

#include "parse/ascii.h"

#include <string.h>

/* Everything up to the first line break; *text goes on behind it. */
static inline rs_slice cut_line(rs_slice *text) {
    const char *end =
        text->size > 0 ? memchr(text->data, '\n', text->size) : NULL;
    rs_slice line = *text;
    if (end != NULL)
        line.size = (size_t)(end - text->data);
    *text = rs_slice_from(*text, line.size + (end != NULL ? 1 : 0));
    return line;
}

#endif
