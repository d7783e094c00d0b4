#include "parse/head.h"

#include "parse/ascii.h"

/* Does the line begin with the name and a colon? */
static bool has_name(rs_slice line, const char *name, size_t length) {
    if (line.size <= length || line.data[length] != ':')
        return false;
    for (size_t i = 0; i < length; i++)
        if (rs_lower(line.data[i]) != rs_lower(name[i]))
            return false;
    return true;
}

/* What is between the colon at `at` and the line's end, trimmed. */
static rs_slice value_of(rs_slice line, size_t at) {
    const char *from = line.data + at + 1, *to = line.data + line.size;
    while (from < to && (*from == ' ' || *from == '\t'))
        from++;
    while (to > from && (to[-1] == ' ' || to[-1] == '\t' || to[-1] == '\r'))
        to--;
    rs_slice value = {from, (size_t)(to - from)};
    return value;
}

rs_slice rs_head_find(rs_slice head, const char *name) {
    rs_slice found = {NULL, 0};
    size_t length = strlen(name);
    for (size_t at = 0; at < head.size;) {
        const char *start = head.data + at;
        const char *stop = memchr(start, '\n', head.size - at);
        rs_slice line = {start, stop != NULL ? (size_t)(stop - start)
                                             : head.size - at};
        if (has_name(line, name, length))
            found = value_of(line, length);
        at += line.size + 1;
    }
    return found;
}
