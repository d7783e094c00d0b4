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

/* The first line, with its continuation lines and its line break. */
static rs_slice first_line(rs_slice head) {
    size_t size = 0;
    do {
        const char *stop = memchr(head.data + size, '\n', head.size - size);
        size = stop != NULL ? (size_t)(stop - head.data) + 1 : head.size;
    } while (size < head.size &&
             (head.data[size] == ' ' || head.data[size] == '\t'));
    return (rs_slice){head.data, size};
}

rs_slice rs_head_take(rs_slice *head, const char *name) {
    size_t length = strlen(name);
    while (head->size > 0) {
        rs_slice line = first_line(*head);
        *head = rs_slice_from(*head, line.size);
        if (has_name(line, name, length))
            return rs_slice_trim(rs_slice_from(line, length + 1));
    }
    return (rs_slice){NULL, 0};
}

rs_slice rs_head_find(rs_slice head, const char *name) {
    rs_slice found = {NULL, 0}, next;
    while ((next = rs_head_take(&head, name)).data != NULL)
        found = next;
    return found;
}
