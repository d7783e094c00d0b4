/*
 * JSON for the tests of the readers.
 */
#ifndef RS_TEST_DOCUMENTS_H
#define RS_TEST_DOCUMENTS_H

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "parse/snapshot.h"

#define COUNT(array) (sizeof(array) / sizeof *(array))
#define EXTENDED "os-extended-snapshot-attributes:"
#define UNEXPECTED(at) "invalid JSON at byte " #at ": unexpected character"

/* A copy without a byte to spare, so that a sanitizer sees every overread. The
 * tests' JSON has ' for ", which is easier to read; the copy has ". */
static inline rs_slice exact_copy(const char *data) {
    size_t size = strlen(data);
    char *copy = malloc(size > 0 ? size : 1);
    assert_non_null(copy);
    for (size_t i = 0; i < size; i++) {
        copy[i] = data[i];
        if (copy[i] == '\'')
            copy[i] = '"';
    }
    return (rs_slice){copy, size};
}

#endif
