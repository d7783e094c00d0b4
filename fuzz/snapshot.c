/*
 * Pages and snapshots: every place is inside the text, what a page holds is the
 * same snapshot on its own, what a field means is the same with any room, and
 * whatever is refused comes with a message.
 */
#include "parse/field.h"
#include "parse/page.h"

#include "fuzz.h"

static bool is_json(rs_slice text) {
    rs_json reader;
    rs_json_token token;
    rs_json_init(&reader, text.data, text.size);
    while (rs_json_next(&reader, &token) != RS_JSON_END)
        if (token.type == RS_JSON_ERROR)
            return false;
    return true;
}

static void check_error(const rs_decode_error *error) {
    const char *message = error->message;
    CHECK(memchr(message, '\0', sizeof error->message) != NULL);
    CHECK(message[0] != '\0');
}

/* The meaning of a piece of a string that a page or snapshot pointed to. */
static void check_string(rs_slice text, bool escaped) {
    size_t size = rs_json_unescape(text, NULL);
    char *out = malloc(size > 0 ? size : 1);
    CHECK(out != NULL && size <= 3 * text.size);
    CHECK(rs_json_unescape(text, out) == size);
    CHECK(rs_text_equals((rs_text){text, escaped}, (rs_slice){out, size}));
    CHECK(escaped || (size == text.size && memcmp(out, text.data, size) == 0));
    CHECK(rs_utf8_is_valid((rs_slice){out, size}));
    free(out);
}

static void check_value(rs_slice text, rs_value value) {
    CHECK(value.offset <= text.size && value.size <= text.size - value.offset);
    rs_slice field = {text.data + value.offset, value.size};
    switch (value.type) {
    case RS_VALUE_NONE:
        CHECK(value.size == 0 && value.offset == 0);
        break;
    case RS_VALUE_STRING:
    case RS_VALUE_ESCAPED:
        CHECK(field.data[-1] == '"' && field.data[field.size] == '"');
        check_string(field, value.type == RS_VALUE_ESCAPED);
        break;
    default:
        CHECK(value.type <= RS_VALUE_ARRAY && value.size > 0 && is_json(field));
    }
}

/* A field as text, with all the room that it wants and no more. */
static void check_text(const char *text, const rs_snapshot *snapshot,
                       rs_field field) {
    rs_slice found = rs_snapshot_text(text, snapshot, field, NULL, 0);
    char *scratch = malloc(found.size > 0 ? found.size : 1);
    CHECK(scratch != NULL);
    if (found.data == NULL && found.size > 0) {
        found = rs_snapshot_text(text, snapshot, field, scratch, found.size);
        CHECK(found.data == scratch);
    }
    if (found.data != NULL)
        CHECK(rs_snapshot_is(text, snapshot, field, found));
    free(scratch);
}

static void check_metadata(const char *text, const rs_snapshot *snapshot) {
    rs_metadata_reader reader;
    rs_pair pair;
    rs_metadata_begin(&reader, text, snapshot);
    while (rs_metadata_next(&reader, &pair)) {
        check_string(pair.key.raw, pair.key.escaped);
        rs_slice raw = pair.value.raw;
        if (raw.data != NULL && raw.data[-1] == '"')
            check_string(raw, pair.value.escaped);
        else if (raw.data != NULL) /* as it is written, containers too */
            CHECK(!pair.value.escaped && rs_text_equals(pair.value, raw));
    }
}

static void check_snapshot(rs_slice text, const rs_snapshot *snapshot) {
    double seconds;
    int64_t gib;
    bool consumes;
    rs_slice member;
    CHECK(snapshot->size <= text.size && text.data[0] == '{');
    CHECK(text.data[snapshot->size - 1] == '}');
    CHECK(snapshot->fields[RS_FIELD_ID].size > 0);
    for (int i = 0; i < RS_FIELD_COUNT; i++) {
        rs_value value = snapshot->fields[i];
        check_value(text, value);
        CHECK(value.offset + value.size < snapshot->size);
        check_text(text.data, snapshot, (rs_field)i);
    }
    check_metadata(text.data, snapshot);
    (void)rs_snapshot_time(text.data, snapshot, RS_FIELD_CREATED_AT, &seconds);
    CHECK(!rs_snapshot_gib(text.data, snapshot, &gib) || gib >= 0);
    (void)rs_snapshot_consumes_quota(text.data, snapshot, &consumes);
    CHECK(
        rs_snapshot_member(text.data, snapshot, (rs_slice){"id", 2}, &member));
    CHECK(is_json(member));
}

/* A row of a page, copied without a byte to spare, is the same snapshot. */
static void check_row(rs_slice text, const rs_record *record) {
    const rs_snapshot *snapshot = &record->snapshot;
    rs_snapshot again;
    rs_decode_error error;
    CHECK(record->offset <= text.size &&
          snapshot->size <= text.size - record->offset);
    char *copy = malloc(snapshot->size);
    CHECK(copy != NULL);
    memcpy(copy, text.data + record->offset, snapshot->size);
    rs_slice object = {copy, snapshot->size};
    CHECK(rs_snapshot_parse(object, &again, &error));
    CHECK(memcmp(&again, snapshot, sizeof again) == 0);
    check_snapshot(object, snapshot);
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

static void check_page(rs_slice text) {
    rs_page_reader reader;
    rs_decode_error error;
    rs_record record;
    rs_row row;
    size_t end = 0;
    rs_page_begin(&reader, text, &error);
    while ((row = rs_page_next(&reader, &record)) == RS_ROW) {
        check_row(text, &record);
        CHECK(record.offset >= end);
        end = record.offset + record.snapshot.size;
    }
    CHECK(rs_page_next(&reader, &record) == row);
    if (row == RS_ROWS_BAD) {
        check_error(&error);
        return;
    }
    CHECK(reader.page.count <= text.size && reader.page.total >= -1);
    CHECK(is_json(text));
    check_link(text, &reader.page);
}

/* Reading once gives what finding and parsing do. */
static void check_read(rs_slice text) {
    rs_slice object, other;
    rs_snapshot snapshot, careful;
    rs_decode_error error = {""}, expected = {""};
    bool read = rs_snapshot_read(text, &object, &snapshot, &error);
    CHECK(read == (rs_snapshot_find(text, &other, &expected) &&
                   rs_snapshot_parse(other, &careful, &expected)));
    CHECK(strcmp(error.message, expected.message) == 0);
    CHECK(!read || (object.data == other.data && object.size == other.size &&
                    memcmp(&snapshot, &careful, sizeof snapshot) == 0));
}

static void check_find(rs_slice text) {
    rs_slice object;
    rs_snapshot snapshot;
    rs_decode_error error;
    if (!rs_snapshot_find(text, &object, &error)) {
        check_error(&error);
        return;
    }
    CHECK(object.data >= text.data && object.size <= text.size);
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
    rs_page_reader reader;
    rs_record record;
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
    rs_page_begin(&reader, whole, &error);
    if (rs_page_next(&reader, &record) == RS_ROW) {
        CHECK(memcmp(&record.snapshot, &snapshot, sizeof snapshot) == 0);
        CHECK(rs_page_next(&reader, &record) == RS_ROWS_END);
    } else {
        CHECK(strstr(error.message, "nested too deeply") != NULL);
    }
    free(wrapped);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    rs_slice text = {(const char *)data, size};
    check_page(text);
    check_find(text);
    check_read(text);
    check_bare(text);
    (void)rs_field_of_wire_name(text);
    return 0;
}
