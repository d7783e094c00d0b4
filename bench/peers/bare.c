/*
 * The least that a client must do, with libcurl alone: bench/run compares with
 * it. It fetches a listing's pages, or one answer again and again. It reads
 * nothing but the link to the next page, by the simplest scan.
 *
 * usage: bare list ENDPOINT
 *        bare get ENDPOINT ID COUNT
 */
#define _POSIX_C_SOURCE 200809L
#include <curl/curl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

typedef struct text {
    char *data;
    size_t size, capacity;
} text;

static void fail(const char *why) {
    (void)fprintf(stderr, "bare: %s\n", why);
    exit(1);
}

static size_t take(char *data, size_t one, size_t size, void *context) {
    text *to = context;
    (void)one;
    while (to->size + size + 1 > to->capacity) {
        to->capacity = to->capacity == 0 ? 4096 : to->capacity * 2;
        to->data = realloc(to->data, to->capacity);
        if (to->data == NULL)
            fail("not enough memory");
    }
    memcpy(to->data + to->size, data, size);
    to->size += size;
    to->data[to->size] = '\0';
    return size;
}

static void fetch(CURL *easy, const char *url, text *body) {
    long status = 0;
    body->size = 0;
    curl_easy_setopt(easy, CURLOPT_URL, url);
    CURLcode code = curl_easy_perform(easy);
    curl_easy_getinfo(easy, CURLINFO_RESPONSE_CODE, &status);
    if (code != CURLE_OK || status != 200)
        fail(code != CURLE_OK ? curl_easy_strerror(code) : "not 200");
}

/* Copies the link to the next page; false if there is none. */
static bool find_link(const text *body, char *url, size_t room) {
    static const char mark[] = "\"rel\": \"next\", \"href\": \"";
    const char *found = strstr(body->data, mark);
    if (found == NULL)
        return false;
    found += sizeof mark - 1;
    size_t size = strcspn(found, "\"");
    if (size >= room)
        fail("the link is too long");
    memcpy(url, found, size);
    url[size] = '\0';
    return true;
}

/* How many pages there were. */
static unsigned long list(CURL *easy, const char *endpoint, text *body) {
    char url[1024];
    unsigned long count = 0;
    (void)snprintf(url, sizeof url, "%s/snapshots/detail?limit=1000", endpoint);
    do {
        fetch(easy, url, body);
        count++;
    } while (find_link(body, url, sizeof url));
    return count;
}

static void get(CURL *easy, const char *endpoint, const char *id,
                unsigned long count, text *body) {
    char url[1024];
    (void)snprintf(url, sizeof url, "%s/snapshots/%s", endpoint, id);
    for (unsigned long i = 0; i < count; i++)
        fetch(easy, url, body);
}

static double read_clock(clockid_t which) {
    struct timespec time;
    (void)clock_gettime(which, &time);
    return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

/* The most memory that this process had, in KiB. */
static long peak(void) {
    char line[256];
    long found = 0;
    FILE *status = fopen("/proc/self/status", "r");
    while (status != NULL && fgets(line, sizeof line, status) != NULL)
        if (strncmp(line, "VmHWM:", 6) == 0)
            found = strtol(line + 6, NULL, 10);
    if (status != NULL)
        (void)fclose(status);
    return found;
}

/* Does what the command line asks for. Returns how many answers there were. */
static unsigned long work(CURL *easy, int count, char **arguments, text *body) {
    if (count == 3 && strcmp(arguments[1], "list") == 0)
        return list(easy, arguments[2], body);
    if (count != 5 || strcmp(arguments[1], "get") != 0)
        fail("usage: bare list ENDPOINT, or bare get ENDPOINT ID COUNT");
    unsigned long times = strtoul(arguments[4], NULL, 10);
    get(easy, arguments[2], arguments[3], times, body);
    return times;
}

/* The request that any client of the service sends. */
static struct curl_slist *set_up(CURL *easy, text *body) {
    struct curl_slist *headers = curl_slist_append(NULL, "X-Auth-Token: t");
    headers = curl_slist_append(headers, "Accept: application/json");
    headers = curl_slist_append(headers, "OpenStack-API-Version: volume 3.0");
    curl_easy_setopt(easy, CURLOPT_HTTPHEADER, headers);
    curl_easy_setopt(easy, CURLOPT_USERAGENT, "bare/1");
    curl_easy_setopt(easy, CURLOPT_ACCEPT_ENCODING, "gzip, deflate");
    curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, take);
    curl_easy_setopt(easy, CURLOPT_WRITEDATA, body);
    return headers;
}

int main(int count, char **arguments) {
    text body = {NULL, 0, 0};
    curl_global_init(CURL_GLOBAL_DEFAULT);
    CURL *easy = curl_easy_init();
    struct curl_slist *headers = set_up(easy, &body);
    double wall = read_clock(CLOCK_MONOTONIC);
    double cpu = read_clock(CLOCK_PROCESS_CPUTIME_ID);
    unsigned long done = work(easy, count, arguments, &body);
    wall = read_clock(CLOCK_MONOTONIC) - wall;
    cpu = read_clock(CLOCK_PROCESS_CPUTIME_ID) - cpu;
    printf("seconds=%.6f cpu=%.6f count=%lu peak=%ld\n", wall, cpu, done,
           peak());
    curl_easy_cleanup(easy);
    curl_slist_free_all(headers);
    free(body.data);
    return 0;
}
