#include <math.h>
#include <string.h>

#include "call/internal.h"
#include "parse/ascii.h"
#include "parse/field.h"

/* The public snapshot. The record comes first, so a pointer to one is also a
 * pointer to the other. The texts (NUL-terminated) and the JSON follow in the
 * same block. */
typedef struct snapshot_object {
    rs_snapshot places;
    rs_allocator memory;
    size_t size; /* of the whole block */
    const char *texts[RS_FIELD_COUNT];
    char *json;
    char *last; /* the metadata value that was returned last */
    size_t last_size;
} snapshot_object;

static const rs_field text_fields[] = {
    RS_FIELD_ID,          RS_FIELD_VOLUME_ID, RS_FIELD_NAME,
    RS_FIELD_DESCRIPTION, RS_FIELD_STATUS,
};
enum { TEXT_FIELDS = sizeof text_fields / sizeof *text_fields };

/* The most room that the texts may need: a byte that is not UTF-8 becomes
 * three. */
static size_t measure(const rs_snapshot *places) {
    size_t size = 0;
    for (int i = 0; i < TEXT_FIELDS; i++)
        size += 3 * (size_t)places->fields[text_fields[i]].size + 2;
    return size;
}

/* Ends a text with a NUL. One within it becomes U+FFFD, because it would end
 * the text early, and an id would become another. In JSON, it takes six bytes.
 */
static size_t terminate(char *text, size_t size) {
    size_t end = size;
    for (size_t i = 0; i < size; i++)
        end += text[i] == '\0' ? 2 : 0;
    text[end] = '\0';
    for (size_t to = end; to > size;) {
        if (text[--size] != '\0') {
            text[--to] = text[size];
        } else {
            to -= 3;
            memcpy(text + to, "\xEF\xBF\xBD", 3);
        }
    }
    return end;
}

/* Copies a field's text to `to`; returns where the next one goes. */
static char *copy_text(snapshot_object *object, rs_field field, char *to,
                       size_t room) {
    rs_slice found =
        rs_snapshot_text(object->json, &object->places, field, to, room);
    if (found.data == NULL)
        return to;
    if (found.data != to && found.size > 0)
        memmove(to, found.data, found.size);
    object->texts[field] = to;
    return to + terminate(to, found.size) + 1;
}

static void raise_letters(const char *text) {
    for (char *at = (char *)(uintptr_t)text; at != NULL && *at != '\0'; at++)
        *at = rs_upper(*at);
}

rs_snapshot *rs_snapshot_make(const rs_allocator *memory, const char *text,
                              const rs_snapshot *places) {
    size_t texts = measure(places);
    size_t size = sizeof(snapshot_object) + texts + places->size + 1;
    snapshot_object *object = rs_new(memory, size);
    if (object == NULL)
        return NULL;
    memset(object, 0, sizeof *object);
    object->places = *places;
    object->memory = *memory;
    object->size = size;
    char *to = (char *)(object + 1), *end = to + texts;
    object->json = end;
    memcpy(object->json, text, places->size);
    object->json[places->size] = '\0';
    for (int i = 0; i < TEXT_FIELDS; i++)
        to = copy_text(object, text_fields[i], to, (size_t)(end - to) - 1);
    raise_letters(object->texts[RS_FIELD_STATUS]);
    return &object->places;
}

static const snapshot_object *object_of(const rs_snapshot *snapshot) {
    return (const snapshot_object *)(const void *)snapshot;
}

const char *rs_snapshot_id(const rs_snapshot *snapshot) {
    return object_of(snapshot)->texts[RS_FIELD_ID];
}

const char *rs_snapshot_volume_id(const rs_snapshot *snapshot) {
    return object_of(snapshot)->texts[RS_FIELD_VOLUME_ID];
}

const char *rs_snapshot_name(const rs_snapshot *snapshot) {
    return object_of(snapshot)->texts[RS_FIELD_NAME];
}

const char *rs_snapshot_description(const rs_snapshot *snapshot) {
    return object_of(snapshot)->texts[RS_FIELD_DESCRIPTION];
}

const char *rs_snapshot_status(const rs_snapshot *snapshot) {
    return object_of(snapshot)->texts[RS_FIELD_STATUS];
}

int64_t rs_snapshot_size(const rs_snapshot *snapshot) {
    int64_t gib;
    return rs_snapshot_gib(object_of(snapshot)->json, snapshot, &gib) ? gib
                                                                      : -1;
}

double rs_snapshot_created_time(const rs_snapshot *snapshot) {
    double seconds;
    return rs_snapshot_time(object_of(snapshot)->json, snapshot,
                            RS_FIELD_CREATED_AT, &seconds)
               ? seconds
               : (double)NAN;
}

static void drop_last(snapshot_object *object) {
    rs_free(&object->memory, object->last, object->last_size);
    object->last = NULL;
}

const char *rs_snapshot_metadata(rs_snapshot *snapshot, const char *key) {
    snapshot_object *object = (snapshot_object *)(void *)snapshot;
    rs_text value;
    drop_last(object);
    if (!rs_metadata_find(object->json, snapshot, (rs_slice){key, strlen(key)},
                          &value))
        return NULL;
    object->last_size = 3 * value.raw.size + 1;
    object->last = rs_new(&object->memory, object->last_size);
    if (object->last == NULL)
        return NULL;
    rs_slice plain = rs_text_decode(value, object->last, object->last_size - 1);
    if (plain.data != object->last) /* it was not decoded */
        plain.size = rs_utf8_mend(plain, object->last);
    (void)terminate(object->last, plain.size);
    return object->last;
}

const char *rs_snapshot_json(const rs_snapshot *snapshot, size_t *size) {
    *size = snapshot->size;
    return object_of(snapshot)->json;
}

void rs_snapshot_free(rs_snapshot *snapshot) {
    snapshot_object *object = (snapshot_object *)(void *)snapshot;
    if (object == NULL)
        return;
    drop_last(object);
    rs_allocator memory = object->memory;
    rs_free(&memory, object, object->size);
}

/* Is the whole answer there, so that only memory for its snapshot was
 * missing? */
static bool can_try_again(const rs_call *call) {
    const rs_request *request = rs_call_request(call);
    return rs_call_fault(call)->kind == RS_NO_MEMORY && request != NULL &&
           rs_request_error(request) == RS_HTTP_OK;
}

static void fail_memory(rs_call *call) {
    rs_fault_set(call, RS_NO_MEMORY, "not enough memory");
    call->store.fault.status = rs_call_status(call);
    call->store.fault.sent = true;
}

rs_snapshot *rs_call_snapshot(rs_call *call) {
    rs_decode_error error;
    rs_snapshot places;
    rs_slice body, object;
    body.data = rs_call_body(call, &body.size);
    if (body.data == NULL ||
        (rs_call_fault(call) != NULL && !can_try_again(call)))
        return NULL;
    if (!rs_snapshot_read(body, &object, &places, &error)) {
        rs_call_reject(call, error.message,
                       strcmp(call->method.data, "POST") == 0);
        return NULL;
    }
    rs_snapshot *snapshot =
        rs_snapshot_make(&call->session->memory, object.data, &places);
    if (snapshot == NULL)
        fail_memory(call);
    else
        call->store.fault.kind = RS_OK;
    return snapshot;
}
