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
    size_t asked;     /* how often for one, or for a larger one */
    size_t refuse_in; /* which of the next ones is refused; 0: none */
    bool refuses_on;  /* and all after it */
    bool secret_left; /* a block that came back held the word "secret" */
    bool wrong_size;  /* one came back with another size than it has */
} test_memory;

extern test_memory memory;
extern const rs_allocator test_allocator;

/* Fails the test where a block is still out, or came back wrong. */
void assert_no_block_is_left(void);

#endif
