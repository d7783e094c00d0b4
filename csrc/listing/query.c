#include <stdio.h>
#include <string.h>

#include "listing/internal.h"
#include "parse/ascii.h"
#include "parse/url.h"

/* A query that is being written; the first failure stays. */
typedef struct writer {
    rs_buffer *to;
    const rs_allocator *memory;
    rs_buffer_result result;
    bool begun;
} writer;

static void put(writer *w, const char *data, size_t size) {
    if (w->result == RS_BUFFER_OK)
        w->result = rs_buffer_append(w->to, w->memory, data, size);
}

static void put_text(writer *w, const char *text) {
    put(w, text, strlen(text));
}

static void put_encoded(writer *w, rs_slice text) {
    char piece[3 * 64];
    for (size_t at = 0; at < text.size; at += 64) {
        size_t size = text.size - at < 64 ? text.size - at : 64;
        put(w, piece, rs_url_encode((rs_slice){text.data + at, size}, piece));
    }
}

static void begin(writer *w, const char *name) {
    put_text(w, w->begun ? "&" : "?");
    put_text(w, name);
    put_text(w, "=");
    w->begun = true;
}

static void add(writer *w, const char *name, rs_slice value) {
    begin(w, name);
    put_encoded(w, value);
}

/* As services write it: some tell "AVAILABLE" from "available". */
static void add_status(writer *w, rs_slice status) {
    begin(w, "status");
    for (size_t i = 0; i < status.size; i++) {
        char c = rs_lower(status.data[i]);
        put_encoded(w, (rs_slice){&c, 1});
    }
}

static void add_number(writer *w, const char *name, size_t number) {
    char digits[24];
    int size = snprintf(digits, sizeof digits, "%zu", number);
    add(w, name, (rs_slice){digits, (size_t)size});
}

/* A text as a quoted Python string. */
static void put_python(writer *w, rs_slice text) {
    put_text(w, "%27");
    for (size_t i = 0; i < text.size; i++) {
        unsigned char c = (unsigned char)text.data[i];
        char escaped[8];
        if (c < 0x20 || c == 0x7f)
            (void)snprintf(escaped, sizeof escaped, "\\x%02x", c);
        else if (c == '\\' || c == '\'')
            (void)snprintf(escaped, sizeof escaped, "\\%c", c);
        else
            (void)snprintf(escaped, sizeof escaped, "%c", c);
        put_encoded(w, (rs_slice){escaped, strlen(escaped)});
    }
    put_text(w, "%27");
}

/* The metadata filter takes a Python dict literal. */
static void add_metadata(writer *w, const rs_filter_set *filters) {
    begin(w, "metadata");
    put_text(w, "%7B");
    for (size_t i = 0; i < filters->metadata_count; i++) {
        put_text(w, i > 0 ? "%2C" : "");
        put_python(w, filters->metadata[i].key);
        put_text(w, "%3A");
        put_python(w, filters->metadata[i].value);
    }
    put_text(w, "%7D");
}

/* The services' name for it. */
static const char *sort_name(rs_field key) {
    return key == RS_FIELD_SIZE ? "volume_size" : rs_field_name(key).data;
}

static void add_sort(writer *w, const rs_filter_set *filters) {
    begin(w, "sort");
    for (size_t i = 0; i < filters->sort_count; i++) {
        put_text(w, i > 0 ? "%2C" : "");
        put_text(w, sort_name(filters->sort[i].key));
        put_text(w, filters->sort[i].descending ? "%3Adesc" : "%3Aasc");
    }
}

static void add_filters(writer *w, const rs_filter_set *filters,
                        const rs_applied *applied) {
    if (filters->all_projects)
        add(w, "all_tenants", (rs_slice){"1", 1});
    if (applied->name)
        add(w, "name", filters->name);
    if (applied->status)
        add_status(w, filters->status);
    if (applied->volume_id)
        add(w, "volume_id", filters->volume_id);
    if (applied->metadata)
        add_metadata(w, filters);
    if (applied->consumes_quota)
        add(w, "consumes_quota",
            filters->consumes_quota == 1 ? (rs_slice){"true", 4}
                                         : (rs_slice){"false", 5});
    if (applied->sort)
        add_sort(w, filters);
    if (filters->extra.size > 0) {
        put_text(w, w->begun ? "&" : "?");
        put(w, filters->extra.data, filters->extra.size);
        w->begun = true;
    }
}

rs_buffer_result rs_query_write(rs_buffer *to, const rs_allocator *memory,
                                const rs_filter_set *filters,
                                const rs_applied *applied, size_t limit,
                                rs_slice marker, size_t offset) {
    writer w = {.to = to, .memory = memory, .result = RS_BUFFER_OK};
    add_filters(&w, filters, applied);
    add_number(&w, "limit", limit);
    if (marker.data != NULL)
        add(&w, "marker", marker);
    if (offset > 0)
        add_number(&w, "offset", offset);
    return w.result;
}

rs_buffer_result rs_query_count(rs_buffer *to, const rs_allocator *memory,
                                const rs_filter_set *filters,
                                const rs_session *session) {
    rs_applied applied = rs_filter_applied(filters, session);
    writer w = {.to = to, .memory = memory, .result = RS_BUFFER_OK};
    applied.sort = false;
    /* a summary does not say whether a snapshot consumes quota */
    put_text(&w,
             filters->consumes_quota >= 0 ? "/snapshots/detail" : "/snapshots");
    add_filters(&w, filters, &applied);
    add(&w, "with_count", (rs_slice){"true", 4});
    /* the rows show whether the service applied the filters */
    add_number(&w, "limit", rs_filter_tests(filters) ? RS_USUAL_PAGE : 1);
    return w.result;
}
