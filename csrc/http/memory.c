#define _DEFAULT_SOURCE /* explicit_bzero */
#include "http/memory.h"

#include <stdlib.h>
#include <string.h>

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

void rs_wipe(void *ptr, size_t size) {
#if defined(__GLIBC__) || defined(__OpenBSD__) || defined(__FreeBSD__)
    explicit_bzero(ptr, size);
#else
    volatile unsigned char *at = ptr;
    while (size-- > 0)
        *at++ = 0;
#endif
}
