#include "http/string.h"

#include <string.h>

bool rs_string_set(rs_string *string, const rs_allocator *memory,
                   const char *data, size_t size) {
    char *copy = rs_new(memory, size + 1);
    if (copy == NULL)
        return false;
    if (size > 0)
        memcpy(copy, data, size);
    copy[size] = '\0';
    string->data = copy;
    string->size = size;
    return true;
}

bool rs_string_copy(rs_string *string, const rs_allocator *memory,
                    const char *text) {
    return text == NULL || rs_string_set(string, memory, text, strlen(text));
}

bool rs_string_replace(rs_string *string, const rs_allocator *memory,
                       const char *text) {
    rs_string fresh = {NULL, 0};
    if (!rs_string_copy(&fresh, memory, text))
        return false;
    rs_string_free(string, memory);
    *string = fresh;
    return true;
}

void rs_string_free(rs_string *string, const rs_allocator *memory) {
    if (string->data == NULL)
        return;
    rs_wipe(string->data, string->size);
    rs_free(memory, string->data, string->size + 1);
    string->data = NULL;
    string->size = 0;
}
