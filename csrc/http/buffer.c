#include "http/buffer.h"

#include <stdbool.h>
#include <string.h>

#define FIRST_CAPACITY 1024

/* Changes the capacity. Secret bytes are not left to resize, which may move
 * them and leave a copy behind. */
static bool grow(rs_buffer *buffer, const rs_allocator *memory,
                 size_t capacity) {
    char *data;
    size_t size = buffer->size;
    if (!buffer->secret) {
        data = memory->resize(memory->context, buffer->data, buffer->capacity,
                              capacity);
        if (data == NULL)
            return false;
    } else {
        data = rs_new(memory, capacity);
        if (data == NULL)
            return false;
        if (size > 0)
            memcpy(data, buffer->data, size);
        rs_buffer_free(buffer, memory);
    }
    buffer->data = data;
    buffer->size = size;
    buffer->capacity = capacity;
    return true;
}

rs_buffer_result rs_buffer_append(rs_buffer *buffer, const rs_allocator *memory,
                                  const char *data, size_t size) {
    if (size > buffer->max - buffer->size)
        return RS_BUFFER_FULL;
    size_t needed = buffer->size + size;
    if (needed > buffer->capacity) {
        size_t capacity = FIRST_CAPACITY;
        while (capacity < needed && capacity <= buffer->max / 2)
            capacity *= 2;
        if (capacity < needed)
            capacity = buffer->max;
        if (!grow(buffer, memory, capacity))
            return RS_BUFFER_NO_MEMORY;
    }
    if (size > 0)
        memcpy(buffer->data + buffer->size, data, size);
    buffer->size = needed;
    return RS_BUFFER_OK;
}

void rs_buffer_reserve(rs_buffer *buffer, const rs_allocator *memory,
                       size_t size) {
    if (size > buffer->capacity && size <= buffer->max)
        (void)grow(buffer, memory, size);
}

rs_buffer rs_buffer_take(rs_buffer *buffer) {
    rs_buffer taken = *buffer;
    *buffer = (rs_buffer){.max = taken.max};
    return taken;
}

void rs_buffer_free(rs_buffer *buffer, const rs_allocator *memory) {
    if (buffer->data != NULL && buffer->secret)
        rs_wipe(buffer->data, buffer->size);
    rs_free(memory, buffer->data, buffer->capacity);
    buffer->data = NULL;
    buffer->size = buffer->capacity = 0;
}
