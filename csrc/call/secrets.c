#define _GNU_SOURCE /* memmem */
#include <string.h>

#include "call/internal.h"
#include "parse/ascii.h"
#include "parse/url.h"

#define SHORTEST 4    /* bytes: shorter texts occur everywhere */
#define LONGEST 65536 /* bytes: longer texts are not hidden */
#define MASK "***"

static void wipe_and_free(const rs_allocator *memory, rs_secret *secret) {
    rs_wipe(secret->data, secret->size);
    rs_free(memory, secret->data, secret->size);
}

static rs_secret *find(const rs_secrets *secrets, rs_slice text) {
    for (size_t i = 0; i < secrets->count; i++)
        if (secrets->list[i].size == text.size &&
            memcmp(secrets->list[i].data, text.data, text.size) == 0)
            return &secrets->list[i];
    return NULL;
}

static bool make_room(rs_secrets *secrets, const rs_allocator *memory) {
    if (secrets->count < secrets->capacity)
        return true;
    size_t capacity = secrets->capacity == 0 ? 16 : secrets->capacity * 2;
    rs_secret *list = memory->resize(memory->context, secrets->list,
                                     secrets->capacity * sizeof *list,
                                     capacity * sizeof *list);
    if (list == NULL)
        return false;
    secrets->list = list;
    secrets->capacity = capacity;
    return true;
}

/* Inserts one spelling after all those that are at least as long. */
static bool add(rs_secrets *secrets, const rs_allocator *memory, rs_slice text,
                unsigned origin) {
    rs_secret *known = find(secrets, text);
    if (known != NULL) {
        if (known->origin != 0) /* a token that came again is not old */
            known->origin = origin;
        return true;
    }
    char *copy = rs_new(memory, text.size);
    if (copy == NULL)
        return false;
    memcpy(copy, text.data, text.size);
    rs_secret secret = {copy, text.size, origin};
    if (!make_room(secrets, memory)) {
        wipe_and_free(memory, &secret);
        return false;
    }
    size_t at = 0;
    while (at < secrets->count && secrets->list[at].size >= text.size)
        at++;
    memmove(secrets->list + at + 1, secrets->list + at,
            (secrets->count - at) * sizeof *secrets->list);
    secrets->list[at] = secret;
    secrets->count++;
    return true;
}

/* Writes a text with a backslash before each special character; returns its
 * size. */
static size_t quote(rs_slice text, const char *special, char *to) {
    size_t size = 0;
    for (size_t i = 0; i < text.size; i++) {
        if (text.data[i] != '\0' && strchr(special, text.data[i]) != NULL)
            to[size++] = '\\';
        to[size++] = text.data[i];
    }
    return size;
}

/* Adds a text as it is, as a JSON string, and as JSON within a JSON string. */
static bool add_quoted(rs_secrets *secrets, const rs_allocator *memory,
                       rs_slice text, const char *special, unsigned origin) {
    size_t room = text.size * 4 + 1;
    char *both = rs_new(memory, 2 * room); /* the quoted spellings */
    bool added = both != NULL;
    for (int i = 0; i < 3 && added; i++) {
        added = add(secrets, memory, text, origin);
        char *to = both + (i % 2 == 0 ? 0 : room);
        if (i < 2)
            text = (rs_slice){to, quote(text, special, to)};
    }
    if (both != NULL)
        rs_wipe(both, 2 * room);
    rs_free(memory, both, 2 * room);
    return added;
}

/* Turns %3A into %3a, as some services write it. */
static void lower_digits(char *encoded, size_t size) {
    for (size_t i = 0; i + 2 < size; i++)
        if (encoded[i] == '%') {
            encoded[i + 1] = rs_lower(encoded[i + 1]);
            encoded[i + 2] = rs_lower(encoded[i + 2]);
        }
}

static bool add_encoded(rs_secrets *secrets, const rs_allocator *memory,
                        rs_slice text, unsigned origin) {
    size_t size = rs_url_encode(text, NULL);
    char *encoded = rs_new(memory, size);
    if (encoded == NULL)
        return false;
    rs_url_encode(text, encoded);
    const rs_slice spelling = {encoded, size};
    bool added = add(secrets, memory, spelling, origin);
    lower_digits(encoded, size);
    added = added && add(secrets, memory, spelling, origin);
    rs_wipe(encoded, size);
    rs_free(memory, encoded, size);
    return added;
}

bool rs_secrets_add(rs_secrets *secrets, const rs_allocator *memory,
                    rs_slice text, unsigned origin) {
    if (text.size < SHORTEST || text.size > LONGEST)
        return true;
    return add_encoded(secrets, memory, text, origin) &&
           add_quoted(secrets, memory, text, "\\\"", origin) &&
           add_quoted(secrets, memory, text, "\\\"/", origin);
}

/* Base64 (RFC 4648); returns the size. */
static size_t encode(rs_slice text, char *to) {
    static const char digits[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    size_t size = 0;
    for (size_t i = 0; i < text.size; i += 3) {
        uint32_t bits = 0;
        for (size_t j = i; j < i + 3; j++)
            bits =
                bits << 8 | (j < text.size ? (unsigned char)text.data[j] : 0);
        for (size_t j = 0; j < 4; j++)
            to[size++] =
                i + j > text.size ? '=' : digits[bits >> (18 - 6 * j) & 63];
    }
    return size;
}

bool rs_secrets_add_account(rs_secrets *secrets, const rs_allocator *memory,
                            rs_slice account) {
    if (account.size == 0 || account.size > LONGEST)
        return true;
    const char *colon = memchr(account.data, ':', account.size);
    rs_slice password = account;
    if (colon != NULL)
        password = rs_slice_from(account, (size_t)(colon + 1 - account.data));
    size_t room = 3 * account.size + 5; /* decoded, and that in Base64 */
    char *plain = rs_new(memory, room);
    if (plain == NULL)
        return false;
    bool added = rs_secrets_add(secrets, memory, account, 0) &&
                 rs_secrets_add(secrets, memory, password, 0);
    rs_slice decoded = {plain, rs_url_decode(password, '\0', plain)};
    added = added && rs_secrets_add(secrets, memory, decoded, 0);
    decoded.size = rs_url_decode(account, '\0', plain);
    if (colon == NULL)
        plain[decoded.size++] = ':';
    rs_slice sent = {plain + decoded.size,
                     encode(decoded, plain + decoded.size)};
    added = added && rs_secrets_add(secrets, memory, sent, 0);
    rs_wipe(plain, room);
    rs_free(memory, plain, room);
    return added;
}

void rs_secrets_drop(rs_secrets *secrets, const rs_allocator *memory,
                     unsigned before) {
    size_t kept = 0;
    for (size_t i = 0; i < secrets->count; i++) {
        rs_secret *secret = &secrets->list[i];
        if (secret->origin != 0 && secret->origin < before)
            wipe_and_free(memory, secret);
        else
            secrets->list[kept++] = *secret;
    }
    secrets->count = kept;
}

void rs_secrets_free(rs_secrets *secrets, const rs_allocator *memory) {
    for (size_t i = 0; i < secrets->count; i++)
        wipe_and_free(memory, &secrets->list[i]);
    rs_free(memory, secrets->list, secrets->capacity * sizeof *secrets->list);
    *secrets = (rs_secrets){0};
}

/* Masks a secret wherever it occurs in a text; returns the new size. */
static size_t mask(const rs_secret *secret, char *text, size_t size) {
    const size_t mask_size = sizeof MASK - 1;
    char *at = text, *end = text + size;
    while ((at = memmem(at, (size_t)(end - at), secret->data, secret->size)) !=
           NULL) {
        char *rest = at + secret->size;
        memcpy(at, MASK, mask_size);
        at += mask_size;
        memmove(at, rest, (size_t)(end - rest));
        end -= secret->size - mask_size;
    }
    return (size_t)(end - text);
}

size_t rs_secrets_scrub(const rs_secrets *secrets, char *text, size_t size) {
    for (size_t i = 0; i < secrets->count; i++)
        size = mask(&secrets->list[i], text, size);
    return size;
}
