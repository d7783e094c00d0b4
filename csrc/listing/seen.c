#include <string.h>

#include "listing/internal.h"

#define MOST_IDS ((size_t)1 << 28) /* in one part */

/* A multiplicative hash, 8 bytes at a time, with a seed that the service does
 * not know: if it could choose ids with the same hash, each would be compared
 * with all others. Each word takes two rounds, so that two differences between
 * ids do not cancel each other, whatever the seed is. */
static uint32_t hash_of(uint64_t seed, rs_slice id) {
    uint64_t hash = seed ^ id.size;
    for (size_t at = 0; at < id.size; at += sizeof hash) {
        size_t left = id.size - at;
        uint64_t word = 0;
        memcpy(&word, id.data + at, left < sizeof word ? left : sizeof word);
        hash = (hash ^ word) * 0x9E3779B97F4A7C15u;
        hash = (hash ^ hash >> 32) * 0xD6E8FEB86659FD93u;
        hash ^= hash >> 29;
    }
    return (uint32_t)(hash ^ hash >> 32);
}

static rs_slice id_at(const rs_seen_part *part, size_t at) {
    size_t from = at > 0 ? part->ends[at - 1] : 0;
    return (rs_slice){part->ids + from, part->ends[at] - from};
}

/* The table's slot that has the id, or where it would go. */
static rs_seen_slot *slot_of(const rs_seen_part *part, rs_slice id,
                             uint32_t hash) {
    size_t mask = part->table_size - 1, at = hash & mask;
    for (; part->table[at].number != 0; at = (at + 1) & mask) {
        if (part->table[at].hash != hash)
            continue;
        rs_slice other = id_at(part, part->table[at].number - 1);
        if (other.size == id.size && memcmp(other.data, id.data, id.size) == 0)
            break;
    }
    return &part->table[at];
}

static bool part_has(const rs_seen_part *part, rs_slice id, uint32_t hash) {
    return part->count > 0 && slot_of(part, id, hash)->number != 0;
}

/* Moves a table's slots into a larger, empty one. */
static void move_slots(const rs_seen_part *from, rs_seen_slot *to,
                       size_t size) {
    for (size_t i = 0; i < from->table_size; i++) {
        rs_seen_slot slot = from->table[i];
        size_t at = slot.hash & (size - 1);
        while (slot.number != 0 && to[at].number != 0)
            at = (at + 1) & (size - 1);
        if (slot.number != 0)
            to[at] = slot;
    }
}

static bool grow_table(rs_seen_part *part, const rs_allocator *memory) {
    size_t size = part->table_size == 0 ? 256 : part->table_size * 2;
    rs_seen_slot *table = size <= SIZE_MAX / sizeof *table
                              ? rs_new(memory, size * sizeof *table)
                              : NULL;
    if (table == NULL)
        return false;
    memset(table, 0, size * sizeof *table);
    move_slots(part, table, size);
    rs_free(memory, part->table, part->table_size * sizeof *part->table);
    part->table = table;
    part->table_size = size;
    return true;
}

static bool reserve(rs_seen_part *part, const rs_allocator *memory,
                    size_t count, size_t bytes) {
    if (count > MOST_IDS || bytes > UINT32_MAX ||
        !rs_make_room(memory, &part->ids, &part->capacity, bytes, 1) ||
        !rs_make_room(memory, &part->ends, &part->end_capacity, count,
                      sizeof *part->ends))
        return false;
    while (count > part->table_size / 4 * 3)
        if (!grow_table(part, memory))
            return false;
    return true;
}

static void clear(rs_seen_part *part) {
    part->size = part->count = 0;
    if (part->table != NULL)
        memset(part->table, 0, part->table_size * sizeof *part->table);
}

bool rs_seen_reserve(rs_seen *seen, const rs_allocator *memory, size_t count,
                     size_t bytes, size_t least) {
    if (seen->now.count < least)
        return reserve(&seen->now, memory, seen->now.count + count,
                       seen->now.size + bytes);
    rs_seen_part older = seen->before;
    if (!reserve(&older, memory, count > older.count ? count : older.count,
                 bytes > older.size ? bytes : older.size)) {
        seen->before = older; /* its blocks may have moved */
        return false;
    }
    seen->dropped = seen->dropped || older.count > 0;
    seen->before = seen->now;
    seen->now = older;
    clear(&seen->now);
    return true;
}

bool rs_seen_add(rs_seen *seen, rs_slice id) {
    rs_seen_part *part = &seen->now;
    uint32_t hash = hash_of(seen->seed, id);
    if (part_has(&seen->before, id, hash))
        return true;
    rs_seen_slot *slot = slot_of(part, id, hash);
    if (slot->number != 0)
        return true;
    memcpy(part->ids + part->size, id.data, id.size);
    part->size += id.size;
    part->ends[part->count] = (uint32_t)part->size;
    *slot = (rs_seen_slot){hash, (uint32_t)++part->count};
    return false;
}

size_t rs_seen_count(const rs_seen *seen) {
    return seen->before.count + seen->now.count;
}

rs_slice rs_seen_at(const rs_seen *seen, size_t at) {
    return at < seen->before.count ? id_at(&seen->before, at)
                                   : id_at(&seen->now, at - seen->before.count);
}

static void free_part(rs_seen_part *part, const rs_allocator *memory) {
    rs_free(memory, part->ids, part->capacity);
    rs_free(memory, part->ends, part->end_capacity * sizeof *part->ends);
    rs_free(memory, part->table, part->table_size * sizeof *part->table);
}

void rs_seen_free(rs_seen *seen, const rs_allocator *memory) {
    free_part(&seen->now, memory);
    free_part(&seen->before, memory);
}
