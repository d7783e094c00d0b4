#define _DEFAULT_SOURCE /* explicit_bzero */
#include "http/memory.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#define LEAST 256 /* least capacity of what grows, in items */

static void *from_malloc(void *context, void *ptr, size_t old_size,
                         size_t new_size) {
    (void)context;
    (void)old_size;
    if (new_size > 0)
        return realloc(ptr, new_size);
    free(ptr);
    return NULL;
}

const rs_allocator rs_standard_allocator = {from_malloc, NULL};

bool rs_make_room(const rs_allocator *memory, void *block, size_t *capacity,
                  size_t needed, size_t each) {
    void *old;
    size_t larger = *capacity == 0 ? LEAST : *capacity;
    if (needed <= *capacity)
        return true;
    while (larger < needed && larger <= SIZE_MAX / 2)
        larger *= 2;
    if (larger < needed || larger > SIZE_MAX / each)
        return false;
    memcpy(&old, block, sizeof old);
    void *fresh =
        memory->resize(memory->context, old, *capacity * each, larger * each);
    if (fresh == NULL)
        return false;
    memcpy(block, &fresh, sizeof fresh);
    *capacity = larger;
    return true;
}

void rs_wipe(void *ptr, size_t size) {
#if defined(__GLIBC__) || defined(__OpenBSD__) || defined(__FreeBSD__)
    explicit_bzero(ptr, size);
#else
    volatile unsigned char *at = ptr;
    while (size-- > 0)
        *at++ = 0;
#endif
}
