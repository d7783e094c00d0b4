/*
 * Bytes that grow: never over their maximum, never losing any.
 */
#include "http/buffer.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static size_t live;   /* bytes that are allocated, by their owner's count */
static bool refusing; /* new blocks */

static void *counted(void *context, void *ptr, size_t old, size_t size) {
    (void)context;
    if (size > 0 && refusing)
        return NULL;
    live = live - (ptr != NULL ? old : 0) + size;
    if (size > 0)
        return realloc(ptr, size);
    free(ptr);
    return NULL;
}

static const rs_allocator memory = {counted, NULL};

static int set_up(void **state) {
    (void)state;
    live = 0;
    refusing = false;
    return 0;
}

/* Does it contain this character, this many times? */
static void assert_filled(const rs_buffer *buffer, char with, size_t size) {
    assert_int_equal(buffer->size, size);
    for (size_t i = 0; i < size; i++)
        assert_int_equal(buffer->data[i], with);
}

static void keeps_all_that_is_appended(void **state) {
    (void)state;
    rs_buffer buffer = {.max = 100000};
    char piece[700];
    memset(piece, 'x', sizeof piece);
    for (size_t i = 1; i <= 100; i++) {
        assert_int_equal(
            rs_buffer_append(&buffer, &memory, piece, sizeof piece),
            RS_BUFFER_OK);
        assert_filled(&buffer, 'x', i * sizeof piece);
    }
    assert_int_equal(rs_buffer_append(&buffer, &memory, piece, 0),
                     RS_BUFFER_OK);
    assert_int_equal(buffer.size, 70000);
    rs_buffer_free(&buffer, &memory);
    assert_null(buffer.data);
    assert_int_equal(live, 0);
}

static void takes_nothing_without_memory(void **state) {
    (void)state;
    rs_buffer buffer = {.max = 10};
    assert_int_equal(rs_buffer_append(&buffer, &memory, "", 0), RS_BUFFER_OK);
    assert_null(buffer.data);
    assert_int_equal(live, 0);
    rs_buffer_free(&buffer, &memory);
}

static void grows_to_its_maximum_and_no_further(void **state) {
    (void)state;
    static const size_t maxima[] = {1, 1023, 1024, 1025, 3000, 4096, 70000};
    for (size_t i = 0; i < sizeof maxima / sizeof *maxima; i++) {
        rs_buffer buffer = {.max = maxima[i]};
        for (size_t size = 0; size < maxima[i]; size++)
            assert_int_equal(rs_buffer_append(&buffer, &memory, "y", 1),
                             RS_BUFFER_OK);
        assert_int_equal(rs_buffer_append(&buffer, &memory, "z", 1),
                         RS_BUFFER_FULL);
        assert_int_equal(rs_buffer_append(&buffer, &memory, "z", SIZE_MAX),
                         RS_BUFFER_FULL);
        assert_filled(&buffer, 'y', maxima[i]);
        rs_buffer_free(&buffer, &memory);
        assert_int_equal(live, 0);
    }
}

static void keeps_what_it_has_when_memory_is_out(void **state) {
    (void)state;
    rs_buffer buffer = {.max = 100000};
    char piece[1500];
    memset(piece, 'x', sizeof piece);
    refusing = true;
    assert_int_equal(rs_buffer_append(&buffer, &memory, piece, 1000),
                     RS_BUFFER_NO_MEMORY);
    rs_buffer_reserve(&buffer, &memory, 1000);
    assert_filled(&buffer, 'x', 0);
    refusing = false;
    assert_int_equal(rs_buffer_append(&buffer, &memory, piece, 1000),
                     RS_BUFFER_OK);
    refusing = true;
    assert_int_equal(rs_buffer_append(&buffer, &memory, piece, sizeof piece),
                     RS_BUFFER_NO_MEMORY);
    assert_filled(&buffer, 'x', 1000);
    refusing = false;
    assert_int_equal(rs_buffer_append(&buffer, &memory, piece, sizeof piece),
                     RS_BUFFER_OK);
    assert_filled(&buffer, 'x', 2500);
    rs_buffer_free(&buffer, &memory);
    assert_int_equal(live, 0);
}

static void makes_room_in_advance(void **state) {
    (void)state;
    rs_buffer buffer = {.max = 5000};
    rs_buffer_reserve(&buffer, &memory, 5001); /* a hint that is too much */
    assert_null(buffer.data);
    rs_buffer_reserve(&buffer, &memory, 4000);
    assert_int_equal(live, 4000);
    assert_int_equal(rs_buffer_append(&buffer, &memory, "abc", 3),
                     RS_BUFFER_OK);
    rs_buffer_reserve(&buffer, &memory, 100); /* there is more already */
    assert_int_equal(live, 4000);
    rs_buffer_reserve(&buffer, &memory, 5000);
    assert_int_equal(live, 5000);
    assert_memory_equal(buffer.data, "abc", 3);
    rs_buffer_free(&buffer, &memory);
    assert_int_equal(live, 0);
}

/* Freed memory must not contain a credential. */
static void *inspected(void *context, void *ptr, size_t old, size_t size) {
    if (ptr != NULL && size == 0)
        for (size_t i = 0; i + 6 <= old; i++)
            assert_memory_not_equal((char *)ptr + i, "secret", 6);
    return counted(context, ptr, old, size);
}

static void wipes_what_it_gives_back(void **state) {
    (void)state;
    const rs_allocator inspecting = {inspected, NULL};
    rs_buffer buffer = {.max = 100000, .secret = true};
    for (size_t i = 0; i < 1000; i++)
        assert_int_equal(rs_buffer_append(&buffer, &inspecting, "secret", 6),
                         RS_BUFFER_OK);
    rs_buffer_free(&buffer, &inspecting);
    assert_int_equal(live, 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(keeps_all_that_is_appended, set_up),
        cmocka_unit_test_setup(takes_nothing_without_memory, set_up),
        cmocka_unit_test_setup(grows_to_its_maximum_and_no_further, set_up),
        cmocka_unit_test_setup(keeps_what_it_has_when_memory_is_out, set_up),
        cmocka_unit_test_setup(makes_room_in_advance, set_up),
        cmocka_unit_test_setup(wipes_what_it_gives_back, set_up),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
