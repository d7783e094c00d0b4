#include "listed.h"

#include <stdio.h>

/* A snapshot named by a letter: the later the letter, the older it is. */
static int write_row(char *to, size_t size, char letter) {
    int second = letter >= 'a' ? 'z' - letter : 0;
    return snprintf(to, size,
                    "{\"id\":\"%c\",\"name\":\"n-%c\",\"volume_id\":\"v%d\","
                    "\"status\":\"%s\",\"size\":%d,\"metadata\":{\"k\":\"%d\"},"
                    "\"created_at\":\"2026-01-01T00:00:%02d.000000\"}",
                    letter, letter, letter % 2,
                    letter % 2 == 0 ? "available" : "creating", letter % 3,
                    letter % 3, second);
}

const char *page_with(const char *headers, const char *letters,
                      const char *members) {
    char body[8192] = "{\"snapshots\":[";
    size_t at = strlen(body);
    for (const char *letter = letters; *letter != '\0'; letter++) {
        if (letter != letters)
            body[at++] = ',';
        at += (size_t)write_row(body + at, sizeof body - at, *letter);
    }
    snprintf(body + at, sizeof body - at, "]%s%s}", members != NULL ? "," : "",
             members != NULL ? members : "");
    return answer(200, headers, body);
}

const char *page(const char *letters, const char *members) {
    return page_with(NULL, letters, members);
}

rs_listing *list(rs_filters filters) {
    const char *problem = "";
    rs_listing *listing = rs_listing_new(session, &filters, &problem);
    assert_null(problem);
    assert_non_null(listing);
    return listing;
}

char next_letter(rs_listing *listing) {
    rs_snapshot *snapshot;
    rs_next next;
    while ((next = rs_listing_next(listing, &snapshot)) == RS_NEXT_WAIT)
        turn();
    if (next != RS_NEXT_ROW)
        return next == RS_NEXT_END ? '.' : '!';
    char letter = rs_snapshot_id(snapshot)[0];
    rs_snapshot_free(snapshot);
    return letter;
}

const char *letters_of(rs_listing *listing) {
    static char letters[128];
    size_t count = 0;
    do
        letters[count] = next_letter(listing);
    while (letters[count++] >= 'a' && count + 1 < sizeof letters);
    letters[count] = '\0';
    return letters;
}

void assert_listed(rs_filters filters, const char *letters) {
    rs_listing *listing = list(filters);
    assert_string_equal(letters_of(listing), letters);
    rs_listing_free(listing);
}

void begin_version(const char *const *answers, int version, int microversion) {
    begin_with(answers,
               (rs_options){.token = TOKEN,
                            .api_version = version,
                            .microversion = microversion,
                            .retries = -1},
               NULL);
}

const char *asked(int request) {
    static char path[1024];
    snprintf(path, sizeof path, "%s", server_request(here, request));
    *strstr(path, " HTTP/1.1") = '\0';
    return path;
}

void assert_asked(int request, const char *path) {
    char wanted[1024];
    snprintf(wanted, sizeof wanted, "GET /v3/p/snapshots%s", path);
    assert_string_equal(asked(request), wanted);
}
