/*
 * Measures how fast a page of a listing is read: every byte is checked, and
 * every row's record is kept. bench/decode builds and runs it.
 *
 * usage: decode [--text | --reads N] [ROWS]
 *   --reads N  reads one page N times and prints nothing, for callgrind
 *   --text     only writes the page
 */
#define _POSIX_C_SOURCE 200809L
#include "parse/page.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#define ROWS 1000
#define ROW_SIZE 1024
#define RUNS 201

/* A row as Cinder sends it; the times fall, as in a listing. */
static const char format[] =
    "%s{\"id\": \"f57f724d-3f18-422e-8278-%012zx\", "
    "\"created_at\": \"2026-11-%02zuT%02zu:%02zu:%02zu.%06zu\", "
    "\"updated_at\": \"2026-11-23T07:55:52.639607\", \"name\": "
    "\"nightly-%zu\", "
    "\"description\": \"first\", "
    "\"volume_id\": \"00ff3a53-e345-4a45-a3d5-efe80019b640\", "
    "\"status\": \"available\", \"size\": %zu, \"metadata\": {\"k1\": \"v1\"}, "
    "\"group_snapshot_id\": null, "
    "\"user_id\": \"71260c2d798c42ec92e2cbc1c16259c8\", "
    "\"consumes_quota\": true, "
    "\"os-extended-snapshot-attributes:project_id\": "
    "\"fac500a528da4b01b35e42a0e0d8478f\", "
    "\"os-extended-snapshot-attributes:progress\": \"100%%\"}";

static size_t make_page(char *text, size_t room, size_t rows) {
    size_t size = (size_t)snprintf(text, room, "{\"snapshots\": [");
    for (size_t i = 0; i < rows; i++) {
        size_t ago = rows - i;
        size += (size_t)snprintf(
            text + size, room - size, format, i > 0 ? ", " : "", i * 7919,
            ago / 86400 % 28 + 1, ago / 3600 % 24, ago / 60 % 60, ago % 60,
            i * 104729 % 1000000, i, i % 13 * 10 + 1);
    }
    size += (size_t)snprintf(text + size, room - size, "]}");
    return size;
}

/* Reads the page into records; ends the program if it is not a page. */
static void decode(rs_slice text, rs_record *records, size_t rows) {
    rs_page_reader reader;
    rs_decode_error error;
    rs_record record;
    rs_row row;
    rs_page_begin(&reader, text, &error);
    while ((row = rs_page_next(&reader, &record)) == RS_ROW)
        records[reader.page.count - 1] = record;
    if (row != RS_ROWS_END || reader.page.count != rows) {
        (void)fprintf(stderr, "decode: %s\n", error.message);
        exit(1);
    }
}

static double now(void) {
    struct timespec time;
    (void)clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

static int compare(const void *one, const void *other) {
    double a = *(const double *)one, b = *(const double *)other;
    return (a > b) - (a < b);
}

static void measure(rs_slice text, rs_record *records, size_t rows) {
    static double seconds[RUNS];
    for (int i = 0; i < RUNS; i++) {
        double began = now();
        decode(text, records, rows);
        seconds[i] = now() - began;
    }
    qsort(seconds, RUNS, sizeof *seconds, compare);
    printf("rsnapshots, records: %.2f GB/s (best %.2f), %.0f us for %zu rows, "
           "%zu bytes\n",
           (double)text.size / seconds[RUNS / 2] / 1e9,
           (double)text.size / seconds[0] / 1e9, seconds[RUNS / 2] * 1e6, rows,
           text.size);
}

int main(int count, char **arguments) {
    bool only_text = false;
    long reads = 0;
    size_t rows = ROWS;
    for (int i = 1; i < count; i++) {
        only_text = only_text || strcmp(arguments[i], "--text") == 0;
        if (strcmp(arguments[i], "--reads") == 0 && i + 1 < count)
            reads = atol(arguments[++i]);
        else if (arguments[i][0] != '-')
            rows = (size_t)atol(arguments[i]);
    }
    size_t room = (rows + 1) * ROW_SIZE;
    char *text = malloc(room);
    rs_record *records = calloc(rows + 1, sizeof *records);
    if (text == NULL || records == NULL) {
        perror("decode");
        return 1;
    }
    rs_slice page = {text, make_page(text, room, rows)};
    if (only_text)
        (void)fwrite(text, 1, page.size, stdout);
    else if (reads > 0)
        while (reads-- > 0)
            decode(page, records, rows);
    else
        measure(page, records, rows);
    free(records);
    free(text);
    return 0;
}
