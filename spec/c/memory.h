/*
 * An allocator that counts its blocks, refuses one of them, and looks for a
 * secret in those that come back.
 */
#ifndef RS_TEST_MEMORY_H
#define RS_TEST_MEMORY_H

#include <stdbool.h>
#include <stddef.h>

#include "rsnapshots.h"

typedef struct test_memory {
    size_t live;      /* blocks */
    size_t asked;     /* how often a block, or a larger one, was asked for */
    size_t refuse_in; /* which of the next requests is refused; 0: none */
    bool refuses_on;  /* also refuse all after it */
    bool secret_left; /* a freed block contained the word "secret" */
    bool wrong_size;  /* a block was freed with a wrong size */
} test_memory;

extern test_memory memory;
extern const rs_allocator test_allocator;

/* Fails the test if a block is left, or was freed wrongly. */
void assert_no_block_is_left(void);

#endif
