/*
 * Allocators that refuse: one for Lua, and those for curl_global_init_mem. All
 * requests are in one count. Every block is filled, counted, checked when it is
 * freed, and moved whenever it is resized.
 */
#ifndef TORTURE_REFUSE_H
#define TORTURE_REFUSE_H

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>

typedef struct refusing {
    pthread_t owner;
    bool armed, trace;
    unsigned long asked;        /* requests since it was armed */
    unsigned long from, to;     /* requests from..to are refused */
    unsigned long refused;      /* since it was armed */
    unsigned long refused_curl; /* of these, libcurl's */
    long live_lua;              /* blocks */
    atomic_long live_curl;      /* the same; a thread of its may free some */
    unsigned long wrong_sizes;
} refusing;

extern refusing memory;

/* A lua_Alloc. A smaller block may be refused too: from 5.4 on Lua allows for
 * that. */
void *lua_resize(void *context, void *ptr, size_t old, size_t size);

void *curl_malloc(size_t size);
void curl_release(void *ptr);
void *curl_resize(void *ptr, size_t size);
void *curl_zeroed(size_t count, size_t size);
char *curl_duplicate(const char *text);

#endif
