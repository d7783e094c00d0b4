/*
 * Where the core's memory comes from: one function in the shape of Lua's own
 * allocator, so that a host's limits apply here, too, and a test can refuse any
 * single allocation. Memory that held a credential is wiped before it goes
 * back.
 */
#ifndef RS_MEMORY_H
#define RS_MEMORY_H

#include <stdbool.h>
#include <stddef.h>

#include "parse/hidden.h"
#include "rsnapshots.h"

RS_HIDDEN

/* Uses malloc. */
extern const rs_allocator rs_standard_allocator;

static inline void *rs_new(const rs_allocator *memory, size_t size) {
    return memory->resize(memory->context, NULL, 0, size);
}

static inline void rs_free(const rs_allocator *memory, void *ptr, size_t size) {
    if (ptr != NULL)
        memory->resize(memory->context, ptr, size, 0);
}

/* Makes room for `needed` elements of `each` bytes in a block, whose pointer is
 * at `block`: if it is smaller, it grows to twice its size or more. False when
 * memory runs out, and then the old one stays. */
bool rs_make_room(const rs_allocator *memory, void *block, size_t *capacity,
                  size_t needed, size_t each);

/* Overwrites size bytes at ptr in a way that no optimizer drops. */
void rs_wipe(void *ptr, size_t size);

RS_HIDDEN_END

#endif
