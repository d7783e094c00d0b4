/*
 * An answer's head: the first line of the input is the name to look for. The
 * result is a trimmed part of the head, and the same that another search, from
 * the end, finds.
 */
#include "parse/head.h"

#include "fuzz.h"

#include <stdbool.h>
#include <strings.h>

static bool is_blank(char c) {
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

/* Does a line end there that is not folded into the next one? */
static bool is_end(rs_slice head, size_t at) {
    return head.data[at] == '\n' &&
           (at + 1 == head.size ||
            (head.data[at + 1] != ' ' && head.data[at + 1] != '\t'));
}

/* The place of the colon of the last line of that name, or head.size. */
static size_t last_colon(rs_slice head, const char *name) {
    size_t length = strlen(name);
    for (size_t at = head.size; at-- > length;) {
        size_t start = at - length;
        if (head.data[at] == ':' &&
            (start == 0 || head.data[start - 1] == '\n') &&
            memchr(head.data + start, '\n', length) == NULL &&
            strncasecmp(head.data + start, name, length) == 0)
            return at;
    }
    return head.size;
}

static void check_found(rs_slice head, rs_slice value, size_t colon) {
    size_t start = (size_t)(value.data - head.data), end = start + value.size;
    CHECK(start > colon && end <= head.size);
    for (size_t i = start; i < end; i++)
        CHECK(!is_end(head, i));
    CHECK(value.size == 0 || !is_blank(value.data[0]));
    CHECK(value.size == 0 || !is_blank(value.data[value.size - 1]));
    for (size_t i = colon + 1; i < start; i++)
        CHECK(is_blank(head.data[i]));
    size_t rest = value.size > 0 ? end : colon + 1; /* nothing is anywhere */
    for (size_t i = rest; i < head.size && !is_end(head, i); i++)
        CHECK(is_blank(head.data[i]));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    const char *text = (const char *)data;
    const char *stop = size > 0 ? memchr(text, '\n', size) : NULL;
    if (stop == NULL || memchr(text, '\0', (size_t)(stop - text)) != NULL ||
        is_blank(text[0]))
        return 0;
    size_t length = (size_t)(stop - text);
    char *name = malloc(length + 1);
    CHECK(name != NULL);
    memcpy(name, text, length);
    name[length] = '\0';
    rs_slice head = {stop + 1, size - length - 1};
    rs_slice value = rs_head_find(head, name);
    size_t colon = last_colon(head, name);
    CHECK((value.data == NULL) == (colon == head.size));
    if (value.data != NULL)
        check_found(head, value, colon);
    else
        CHECK(value.size == 0);
    free(name);
    return 0;
}
