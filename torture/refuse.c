#define _DEFAULT_SOURCE
#include "refuse.h"

#include <execinfo.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define CURL_SIZE_UNKNOWN ((size_t)-1)
#define MAGIC 0x7261736eU
#define FREED 0xdeadbeefU

/* Before each block. */
typedef struct block {
    size_t size;
    unsigned magic, curl;
} block;

_Static_assert(sizeof(block) % 16 == 0, "blocks must stay aligned");

refusing memory;

static bool refuse(bool curl) {
    if (!pthread_equal(pthread_self(), memory.owner) || !memory.armed)
        return false;
    memory.asked++;
    if (memory.asked < memory.from || memory.asked > memory.to)
        return false;
    memory.refused_curl += curl;
    if (memory.refused++ == 0 && memory.trace) {
        void *frames[40];
        int count = backtrace(frames, 40);
        fprintf(stderr, "refused here:\n");
        backtrace_symbols_fd(frames, count, STDERR_FILENO);
    }
    return true;
}

static void *block_new(size_t size, bool curl) {
    block *made = malloc(sizeof *made + size);
    if (made == NULL)
        return NULL;
    made->size = size;
    made->magic = MAGIC;
    made->curl = curl;
    if (curl)
        memory.live_curl++;
    else
        memory.live_lua++;
    memset(made + 1, 0x55, size);
    return made + 1;
}

/* The head of a block; ends the program when there is none. */
static block *block_of(void *ptr, bool curl) {
    block *found = (block *)ptr - 1;
    if (found->magic == MAGIC && found->curl == (unsigned)curl)
        return found;
    fprintf(stderr, "torture: %p is no live block of %s\n", ptr,
            curl ? "libcurl's" : "Lua's");
    abort();
}

static void block_free(void *ptr, size_t size, bool curl) {
    block *found = block_of(ptr, curl);
    if (size != CURL_SIZE_UNKNOWN && size != found->size)
        memory.wrong_sizes++;
    if (curl)
        memory.live_curl--;
    else
        memory.live_lua--;
    found->magic = FREED;
    memset(found + 1, 0xaa, found->size);
    free(found);
}

/* Always another block, so that no stale pointer goes unnoticed. */
static void *block_resize(void *ptr, size_t old_size, size_t size, bool curl) {
    size_t kept = block_of(ptr, curl)->size;
    void *made = block_new(size, curl);
    if (made == NULL)
        return NULL;
    memcpy(made, ptr, kept < size ? kept : size);
    block_free(ptr, old_size, curl);
    return made;
}

void *lua_resize(void *context, void *ptr, size_t old, size_t size) {
    (void)context;
    if (size == 0) {
        if (ptr != NULL)
            block_free(ptr, old, false);
        return NULL;
    }
    if (refuse(false))
        return NULL;
    return ptr == NULL ? block_new(size, false)
                       : block_resize(ptr, old, size, false);
}

void *curl_malloc(size_t size) {
    return refuse(true) ? NULL : block_new(size, true);
}

void curl_release(void *ptr) {
    if (ptr != NULL)
        block_free(ptr, CURL_SIZE_UNKNOWN, true);
}

void *curl_resize(void *ptr, size_t size) {
    if (refuse(true))
        return NULL;
    return ptr == NULL ? block_new(size, true)
                       : block_resize(ptr, CURL_SIZE_UNKNOWN, size, true);
}

void *curl_zeroed(size_t count, size_t size) {
    if (size > 0 && count > SIZE_MAX / size)
        return NULL;
    void *made = curl_malloc(count * size);
    if (made != NULL)
        memset(made, 0, count * size);
    return made;
}

char *curl_duplicate(const char *text) {
    size_t size = strlen(text) + 1;
    char *made = curl_malloc(size);
    if (made != NULL)
        memcpy(made, text, size);
    return made;
}
