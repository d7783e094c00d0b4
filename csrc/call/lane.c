#include "call/internal.h"

rs_lane *rs_lane_new(rs_session *session, int most) {
    rs_lane *lane = rs_new(&session->memory, sizeof *lane);
    if (lane == NULL)
        return NULL;
    most = most > 0 ? most : 1;
    *lane = (rs_lane){.memory = session->memory,
                      .references = 1,
                      .most = most,
                      .limit = most,
                      .lowered_at = INT64_MIN,
                      .opens_at = INT64_MIN};
    return lane;
}

void rs_lane_retain(rs_lane *lane) {
    lane->references++;
}

void rs_lane_free(rs_lane *lane) {
    if (lane == NULL || --lane->references > 0)
        return;
    rs_allocator memory = lane->memory;
    rs_free(&memory, lane, sizeof *lane);
}

int rs_lane_limit(const rs_lane *lane) {
    return lane->limit;
}

void rs_lane_enter(rs_lane *lane) {
    lane->under_way++;
}

/* Halves the limit, once for all calls that were under way together. */
static void slow_down(rs_lane *lane, int64_t now, int64_t entered,
                      double seconds) {
    int64_t opens = now + (int64_t)((seconds > 0 ? seconds : 0) * 1000);
    if (opens > lane->opens_at)
        lane->opens_at = opens;
    if (entered <= lane->lowered_at)
        return;
    lane->limit = lane->limit > 1 ? lane->limit / 2 : 1;
    lane->lowered_at = now;
    lane->successes = 0;
}

void rs_lane_leave(rs_lane *lane, int64_t now, int64_t entered, bool came_back,
                   const rs_fault *fault) {
    lane->under_way--;
    if (!came_back)
        return;
    if (fault != NULL) {
        if (fault->kind == RS_RATE_LIMITED)
            slow_down(lane, now, entered, fault->retry_after);
        return;
    }
    if (++lane->successes >= lane->limit && lane->limit < lane->most) {
        lane->limit++;
        lane->successes = 0;
    }
}
