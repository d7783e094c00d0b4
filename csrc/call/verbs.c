#include <string.h>

#include "call/internal.h"
#include "http/buffer.h"
#include "parse/text.h"
#include "parse/url.h"

#define MAX_BODY ((size_t)1024 * 1024)
#define MAX_ID 1024
#define MAX_PATH (MAX_ID * 3 + 16)

/* A body that is being written; the first failure stays. */
typedef struct writer {
    rs_buffer text;
    const rs_allocator *memory;
    rs_buffer_result result;
    bool begun;
    bool mangled; /* a text in it is not UTF-8 */
} writer;

static void put(writer *w, const char *data, size_t size) {
    if (w->result == RS_BUFFER_OK)
        w->result = rs_buffer_append(&w->text, w->memory, data, size);
}

static void put_text(writer *w, const char *text) {
    put(w, text, strlen(text));
}

static void put_string(writer *w, const char *text) {
    static const char digits[] = "0123456789abcdef";
    w->mangled =
        w->mangled || !rs_utf8_is_valid((rs_slice){text, strlen(text)});
    put_text(w, "\"");
    for (; *text != '\0'; text++) {
        unsigned char c = (unsigned char)*text;
        char escaped[] = {'\\', 'u', '0', '0', digits[c >> 4], digits[c & 15]};
        if (c < 0x20)
            put(w, escaped, sizeof escaped);
        else if (c == '"' || c == '\\')
            put(w, (const char[]){'\\', (char)c}, 2);
        else
            put(w, text, 1);
    }
    put_text(w, "\"");
}

static void put_key(writer *w, const char *key) {
    put_text(w, w->begun ? "," : "");
    put_string(w, key);
    put_text(w, ":");
    w->begun = true;
}

static void put_member(writer *w, const char *key, const char *value) {
    if (value == NULL)
        return;
    put_key(w, key);
    put_string(w, value);
}

static void put_metadata(writer *w, const rs_metadata_item *items) {
    if (items == NULL || items->key == NULL)
        return;
    put_key(w, "metadata");
    put_text(w, "{");
    w->begun = false;
    for (; items->key != NULL; items++)
        put_member(w, items->key, items->value);
    put_text(w, "}");
    w->begun = true;
}

/* The keys differ between versions of the API. */
static const char *name_key(const rs_session *session) {
    return session->api_version == 1 ? "display_name" : "name";
}

static const char *description_key(const rs_session *session) {
    return session->api_version == 1 ? "display_description" : "description";
}

static writer begin(const rs_session *session) {
    writer w = {.text = {.max = MAX_BODY},
                .memory = &session->memory,
                .result = RS_BUFFER_OK};
    put_text(&w, "{\"snapshot\":{");
    return w;
}

/* Makes a call that ends before anything is sent. */
static rs_call *refuse(rs_session *session, const char *method,
                       const char *why) {
    const rs_call_options options = {.method = method, .path = "/snapshots"};
    const rs_call_extra extra = {.refusal = why};
    return rs_call_begin(session, &options, &extra);
}

static rs_call *send(rs_session *session, writer *w, const char *method,
                     const char *path) {
    put_text(w, "}}");
    const rs_call_options options = {.method = method,
                                     .path = path,
                                     .body = w->text.data,
                                     .body_size = w->text.size,
                                     .expects_object =
                                         strcmp(method, "PUT") == 0};
    rs_call *call = NULL;
    if (w->result == RS_BUFFER_FULL)
        call = refuse(session, method, "the texts are longer than 1 MiB");
    else if (w->mangled)
        call = refuse(session, method, "a text in the request is not UTF-8");
    else if (w->result == RS_BUFFER_OK)
        call = rs_call_start(session, &options);
    rs_buffer_free(&w->text, w->memory);
    return call;
}

/* Writes "/snapshots/ID" with the id, which has no flaw, encoded. */
static void write_path(const char *id, char to[MAX_PATH]) {
    static const char folder[] = "/snapshots/";
    memcpy(to, folder, sizeof folder - 1);
    to += sizeof folder - 1;
    to[rs_url_encode((rs_slice){id, strlen(id)}, to)] = '\0';
}

static const char *flaw_of(const char *id) {
    size_t size = id != NULL ? strlen(id) : 0;
    return size > MAX_ID ? "the id is longer than 1024 bytes"
                         : rs_id_flaw((rs_slice){id, size});
}

static bool has_metadata(const rs_create_options *options) {
    return options->metadata != NULL && options->metadata->key != NULL;
}

/* Version 1 would leave it out without a word. */
static rs_call *refuse_metadata(rs_session *session) {
    rs_call *call = refuse(session, "POST",
                           "metadata of a snapshot is not offered by version 1 "
                           "of the API");
    if (call != NULL && !call->store.fault.closed)
        call->store.fault.kind = RS_UNSUPPORTED;
    return call;
}

rs_call *rs_snapshot_create(rs_session *session,
                            const rs_create_options *options) {
    if (options->volume_id == NULL || *options->volume_id == '\0')
        return refuse(session, "POST", "volume_id is missing");
    if (session->api_version == 1 && has_metadata(options))
        return refuse_metadata(session);
    writer w = begin(session);
    put_member(&w, "volume_id", options->volume_id);
    put_member(&w, name_key(session), options->name);
    put_member(&w, description_key(session), options->description);
    if (options->force) {
        put_key(&w, "force");
        put_text(&w, "true");
    }
    put_metadata(&w, options->metadata);
    return send(session, &w, "POST", "/snapshots");
}

static rs_call *start_plain(rs_session *session, const char *method,
                            const char *id) {
    char path[MAX_PATH];
    const char *flaw = flaw_of(id);
    if (flaw != NULL)
        return refuse(session, method, flaw);
    write_path(id, path);
    const rs_call_options options = {.method = method,
                                     .path = path,
                                     .expects_object = true,
                                     .retry_conflict =
                                         strcmp(method, "DELETE") == 0};
    return rs_call_start(session, &options);
}

rs_call *rs_snapshot_get(rs_session *session, const char *id) {
    return start_plain(session, "GET", id);
}

rs_call *rs_snapshot_delete(rs_session *session, const char *id) {
    return start_plain(session, "DELETE", id);
}

rs_call *rs_snapshot_update(rs_session *session, const char *id,
                            const char *name, const char *description) {
    char path[MAX_PATH];
    const char *flaw = flaw_of(id);
    if (flaw == NULL && name == NULL && description == NULL)
        flaw = "there is nothing to change: give name or description";
    if (flaw != NULL)
        return refuse(session, "PUT", flaw);
    write_path(id, path);
    writer w = begin(session);
    put_member(&w, name_key(session), name);
    put_member(&w, description_key(session), description);
    return send(session, &w, "PUT", path);
}
