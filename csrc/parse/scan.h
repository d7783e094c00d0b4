/*
 * Looking at many bytes at once: sixteen with SSE2 or NEON, eight with a 64-bit
 * word elsewhere, or if RS_NO_SIMD is defined. This is decided at compile time.
 *
 * A mark has RS_MARK_BITS bits for each byte of a block, the lowest for the
 * first byte; 0: no byte is marked.
 */
#ifndef RS_SCAN_H
#define RS_SCAN_H

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#if !defined(RS_NO_SIMD) && defined(__SSE2__)
#include <emmintrin.h>

#define RS_BLOCK 16
#define RS_MARK_BITS 1

typedef __m128i rs_block;
typedef uint32_t rs_mark;

static inline rs_block rs_load(const char *at) {
    return _mm_loadu_si128((const __m128i *)(const void *)at);
}

/* Bytes in a string that need a closer look. Non-ASCII bytes are negative when
 * signed, so they are less than the space, too. */
static inline rs_mark rs_mark_special(rs_block block) {
    __m128i low = _mm_cmplt_epi8(block, _mm_set1_epi8(0x20));
    __m128i quote = _mm_cmpeq_epi8(block, _mm_set1_epi8('"'));
    __m128i backslash = _mm_cmpeq_epi8(block, _mm_set1_epi8('\\'));
    return (rs_mark)_mm_movemask_epi8(
        _mm_or_si128(low, _mm_or_si128(quote, backslash)));
}

static inline rs_mark rs_mark_different(rs_block one, rs_block other) {
    return (rs_mark)_mm_movemask_epi8(_mm_cmpeq_epi8(one, other)) ^ 0xFFFF;
}

#elif !defined(RS_NO_SIMD) && defined(__ARM_NEON) && defined(__aarch64__)
#include <arm_neon.h>

#define RS_BLOCK 16
#define RS_MARK_BITS 4

typedef uint8x16_t rs_block;
typedef uint64_t rs_mark;

static inline rs_block rs_load(const char *at) {
    return vld1q_u8((const uint8_t *)(const void *)at);
}

static inline rs_mark rs_mark_of(uint8x16_t bytes) {
    uint8x8_t halves = vshrn_n_u16(vreinterpretq_u16_u8(bytes), 4);
    return vget_lane_u64(vreinterpret_u64_u8(halves), 0);
}

static inline rs_mark rs_mark_special(rs_block block) {
    uint8x16_t low = vcltq_s8(vreinterpretq_s8_u8(block), vdupq_n_s8(0x20));
    uint8x16_t quote = vceqq_u8(block, vdupq_n_u8('"'));
    uint8x16_t backslash = vceqq_u8(block, vdupq_n_u8('\\'));
    return rs_mark_of(vorrq_u8(low, vorrq_u8(quote, backslash)));
}

static inline rs_mark rs_mark_different(rs_block one, rs_block other) {
    return rs_mark_of(vmvnq_u8(vceqq_u8(one, other)));
}

#else

#define RS_BLOCK 8
#define RS_MARK_BITS 8

typedef uint64_t rs_block;
typedef uint64_t rs_mark;

#define RS_ONES UINT64_C(0x0101010101010101)

/* The first byte is the lowest one, whatever the machine's byte order. */
static inline rs_block rs_load(const char *at) {
    uint64_t word;
    memcpy(&word, at, sizeof word);
#if defined(__BYTE_ORDER__) && __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
    word = __builtin_bswap64(word);
#endif
    return word;
}

/* Because of borrows, it may mark too many bytes, but none before the first
 * special one. */
static inline rs_mark rs_mark_special(rs_block block) {
    uint64_t control = block - RS_ONES * 0x20;
    uint64_t quote = (block ^ RS_ONES * '"') - RS_ONES;
    uint64_t backslash = (block ^ RS_ONES * '\\') - RS_ONES;
    return (control | quote | backslash | block) & RS_ONES * 0x80;
}

static inline rs_mark rs_mark_different(rs_block one, rs_block other) {
    return one ^ other;
}

#endif

/* The first byte that is marked; the mark must not be 0. */
static inline size_t rs_first(rs_mark mark) {
#ifdef __GNUC__
    return (size_t)__builtin_ctzll(mark) / RS_MARK_BITS;
#else
    size_t first = 0;
    for (; (mark >> first * RS_MARK_BITS & ((1u << RS_MARK_BITS) - 1)) == 0;)
        first++;
    return first;
#endif
}

/* Does this byte in a string need a closer look? */
static inline bool rs_is_special(char c) {
    return (unsigned char)c < 0x20 || (unsigned char)c >= 0x80 || c == '"' ||
           c == '\\';
}

/* The first special byte from at on, or end. */
static inline const char *rs_find_special(const char *at, const char *end) {
    while (end - at >= RS_BLOCK) {
        rs_mark mark = rs_mark_special(rs_load(at));
        if (mark != 0)
            return at + rs_first(mark);
        at += RS_BLOCK;
    }
    while (at < end && !rs_is_special(*at))
        at++;
    return at;
}

/* Are these bytes the same in both places? size is at least 1. This reads whole
 * blocks: up to RS_BLOCK - 1 bytes after them must be readable. */
static inline bool rs_is_same(const char *one, const char *other, size_t size) {
    for (;; one += RS_BLOCK, other += RS_BLOCK, size -= RS_BLOCK) {
        rs_mark mark = rs_mark_different(rs_load(one), rs_load(other));
        if (mark != 0)
            return rs_first(mark) >= size;
        if (size <= RS_BLOCK)
            return true;
    }
}

#endif
