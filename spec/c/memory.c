#include "memory.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

test_memory memory;

#define FRESH 0xA5 /* what a block is full of */

/* Stands before each block, so that its size can be checked. */
typedef union head {
    size_t size;
    max_align_t unused;
} head;

static bool is_refused(void) {
    memory.asked++;
    if (memory.refuse_in == 0)
        return false;
    if (memory.refuse_in > 1) {
        memory.refuse_in--;
        return false;
    }
    if (!memory.refuses_on)
        memory.refuse_in = 0;
    return true;
}

static void inspect(const void *ptr, size_t size) {
    const char *text = ptr;
    for (size_t i = 0; i + 6 <= size; i++)
        memory.secret_left =
            memory.secret_left || memcmp(text + i, "secret", 6) == 0;
}

static void give_back(void *ptr, size_t size) {
    head *block = (head *)ptr - 1;
    memory.wrong_size = memory.wrong_size || block->size != size;
    inspect(ptr, block->size);
    memory.live--;
    free(block);
}

static void *take(size_t size) {
    head *block = malloc(sizeof *block + size);
    if (block == NULL)
        return NULL;
    block->size = size;
    memset(block + 1, FRESH, size); /* no secret that somebody else left */
    memory.live++;
    return block + 1;
}

/* Every block that grows moves, so that a stale address is noticed. */
static void *resize(void *context, void *ptr, size_t old, size_t size) {
    (void)context;
    if (size == 0) {
        if (ptr != NULL)
            give_back(ptr, old);
        return NULL;
    }
    if (is_refused())
        return NULL;
    void *made = take(size);
    if (ptr != NULL && made != NULL) {
        memcpy(made, ptr, old < size ? old : size);
        give_back(ptr, old);
    }
    return made;
}

const rs_allocator test_allocator = {resize, NULL};

void assert_no_block_is_left(void) {
    test_memory found = memory;
    memory = (test_memory){.secret_left = found.secret_left};
    assert_int_equal(found.live, 0);
    assert_false(found.wrong_size);
}
