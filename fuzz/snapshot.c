/*
 * Pages and snapshots: every place is inside the text, room makes no
 * difference, what a page holds is a snapshot on its own as well, and whatever
 * is refused comes with a message.
 */
#include "parse/snapshot.h"

#include "fuzz.h"

#define FEW 2

static bool is_json(rs_slice text) {
    rs_json reader;
    rs_json_token token;
    rs_json_init(&reader, text.data, text.size);
    while (rs_json_next(&reader, &token) != RS_JSON_END) {
        if (token.type == RS_JSON_ERROR) {
            return false;
        }
    }
    return true;
}

static void check_error(const rs_decode_error *error) {
    const char *message = error->message;
    CHECK(memchr(message, '\0', sizeof error->message) != NULL);
    CHECK(message[0] != '\0');
}

/* The meaning of a piece of a string that a page or snapshot pointed to. */
static void check_string(rs_slice text, bool escaped) {
    char *out = malloc(text.size > 0 ? text.size : 1);
    CHECK(out != NULL);
    size_t size = rs_json_unescape(text, out);
    CHECK(escaped ? size < text.size : size == text.size);
    free(out);
}

static void check_field(rs_slice text, rs_value value) {
    CHECK(value.offset <= text.size && value.size <= text.size - value.offset);
    rs_slice field = {text.data + value.offset, value.size};
    switch (value.type) {
    case RS_VALUE_NONE:
        CHECK(value.size == 0);
        break;
    case RS_VALUE_STRING:
    case RS_VALUE_ESCAPED:
        CHECK(field.data[-1] == '"' && field.data[field.size] == '"');
        check_string(field, value.type == RS_VALUE_ESCAPED);
        break;
    case RS_VALUE_INTEGER:
    case RS_VALUE_BOOLEAN:
    case RS_VALUE_OBJECT:
        CHECK(value.size > 0 && is_json(field));
        break;
    }
}

static void check_snapshot(rs_slice text, const rs_snapshot *snapshot) {
    CHECK(snapshot->size <= text.size && text.data[0] == '{');
    CHECK(text.data[snapshot->size - 1] == '}' && snapshot->gib >= 0);
    CHECK(snapshot->fields[RS_FIELD_ID].size > 0);
    for (int i = 0; i < RS_FIELD_COUNT; i++) {
        rs_value value = snapshot->fields[i];
        check_field(text, value);
        CHECK(value.offset + value.size < snapshot->size);
    }
}

static rs_slice span_text(rs_slice text, rs_span span) {
    CHECK(span.offset <= text.size && span.size <= text.size - span.offset);
    return (rs_slice){text.data + span.offset, span.size};
}

/* Each span of a page, copied without a byte to spare, is a snapshot. */
static void check_span(rs_slice text, rs_span span) {
    rs_slice object = span_text(text, span);
    rs_snapshot snapshot;
    rs_decode_error error;
    char *copy = malloc(object.size);
    CHECK(copy != NULL && object.size > 0);
    memcpy(copy, object.data, object.size);
    object.data = copy;
    CHECK(rs_snapshot_parse(object, &snapshot, &error));
    CHECK(snapshot.size == object.size);
    check_snapshot(object, &snapshot);
    free(copy);
}

static void check_link(rs_slice text, const rs_page *page) {
    rs_slice link = page->next_link;
    if (link.size == 0) {
        CHECK(!page->next_escaped);
        return;
    }
    CHECK(link.data > text.data && link.size <= (size_t)16 * 1024);
    CHECK(link.data + link.size < text.data + text.size);
    check_string(link, page->next_escaped);
}

/* Reading a page again with that much room yields the same. */
static void check_room(rs_slice text, const rs_page *page, size_t room) {
    size_t bytes = room * sizeof(rs_span);
    rs_span *spans = malloc(bytes > 0 ? bytes : 1);
    rs_page again;
    rs_decode_error error;
    CHECK(spans != NULL);
    CHECK(rs_page_parse(text, &again, spans, room, &error));
    CHECK(again.count == page->count && again.total == page->total);
    CHECK(again.next_link.data == page->next_link.data);
    CHECK(again.next_link.size == page->next_link.size);
    for (size_t i = 0; i < room && i < page->count; i++) {
        check_span(text, spans[i]);
        CHECK(i == 0 ||
              spans[i].offset >= spans[i - 1].offset + spans[i - 1].size);
    }
    free(spans);
}

static void check_page(rs_slice text) {
    rs_page page;
    rs_decode_error error;
    if (!rs_page_parse(text, &page, NULL, 0, &error)) {
        check_error(&error);
        return;
    }
    CHECK(page.count <= text.size && page.total >= -1 && is_json(text));
    check_link(text, &page);
    check_room(text, &page, FEW);
    check_room(text, &page, page.count);
}

static void check_find(rs_slice text) {
    rs_span span;
    rs_snapshot snapshot;
    rs_decode_error error;
    if (!rs_snapshot_find(text, &span, &error)) {
        check_error(&error);
        return;
    }
    rs_slice object = span_text(text, span);
    CHECK(is_json(text) && is_json(object));
    if (rs_snapshot_parse(object, &snapshot, &error)) {
        CHECK(snapshot.size == object.size);
        check_snapshot(object, &snapshot);
    } else {
        check_error(&error);
    }
}

/* A bare snapshot is one in a page too, unless that nests it too deeply. */
static void check_bare(rs_slice text) {
    static const char before[] = "{\"snapshots\":[", after[] = "]}";
    rs_snapshot snapshot;
    rs_decode_error error;
    rs_page page;
    if (!rs_snapshot_parse(text, &snapshot, &error)) {
        check_error(&error);
        return;
    }
    CHECK(is_json(text));
    check_snapshot(text, &snapshot);
    size_t size = sizeof before - 1 + text.size + sizeof after - 1;
    char *wrapped = malloc(size);
    CHECK(wrapped != NULL);
    memcpy(wrapped, before, sizeof before - 1);
    memcpy(wrapped + sizeof before - 1, text.data, text.size);
    memcpy(wrapped + size - (sizeof after - 1), after, sizeof after - 1);
    rs_slice whole = {wrapped, size};
    if (rs_page_parse(whole, &page, NULL, 0, &error)) {
        CHECK(page.count == 1);
    } else {
        CHECK(strstr(error.message, "nested too deeply") != NULL);
    }
    free(wrapped);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    rs_slice text = {(const char *)data, size};
    check_page(text);
    check_find(text);
    check_bare(text);
    (void)rs_field_is_wire_name(text);
    rs_field field = rs_field_find(text);
    CHECK(field == RS_FIELD_COUNT || rs_slice_is(text, rs_field_name(field)));
    return 0;
}
