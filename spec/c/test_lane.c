/*
 * Lanes, and the limit on connections: calls that wait for their turn.
 */
#include "client.h"

#include <math.h>

#define GOOD answer(200, NULL, "{}")
#define LIMITED answer(429, "Retry-After: 0\r\n", "")
#define SLOW answer(429, "Retry-After: 20\r\n", "")
#define LATE_OK LATE OK

static rs_call *start_in(rs_lane *lane, rs_call_options options) {
    options.lane = lane;
    return start_with(options);
}

static size_t count_sent(rs_call *const *calls, size_t count) {
    size_t sent = 0;
    for (size_t i = 0; i < count; i++)
        sent += calls[i]->state == RS_CALL_SENT;
    return sent;
}

/* So many run at once, and the others follow in order. */
static void bounds_what_is_under_way(void **state) {
    (void)state;
    enum { CALLS = 6 };
    rs_call *calls[CALLS];
    begin(ANSWERS(LATE_OK));
    rs_lane *lane = rs_lane_new(session, 2);
    for (size_t i = 0; i < CALLS; i++)
        calls[i] = start_in(lane, (rs_call_options){0});
    await_requests(2);
    rs_session_step(session);
    assert_int_equal(count_sent(calls, CALLS), 2);
    assert_int_equal(count_sent(calls, 2), 2);
    server_release(here);
    for (size_t i = 0; i < CALLS; i++)
        finish(calls[i]);
    for (size_t i = 0; i < CALLS; i++)
        assert_outcome(calls[i], RS_OK, 1);
    assert_true(server_connections(here) <= 2);
    rs_lane_free(lane);
    end();
}

static void lets_calls_without_one_pass(void **state) {
    (void)state;
    begin(ANSWERS(LATE_OK));
    rs_lane *lane = rs_lane_new(session, 1);
    rs_call *const calls[] = {start_in(lane, (rs_call_options){0}),
                              start_in(lane, (rs_call_options){0}),
                              start("GET", "/x")};
    await_requests(2);
    assert_int_equal(calls[1]->state, RS_CALL_QUEUED);
    assert_int_equal(calls[2]->state, RS_CALL_SENT);
    server_release(here);
    finish_all();
    for (size_t i = 0; i < 3; i++)
        assert_outcome(calls[i], RS_OK, 1);
    rs_lane_free(lane);
    end();
}

static void halves_where_the_rate_is_limited_and_grows_again(void **state) {
    (void)state;
    begin(ANSWERS(LIMITED, GOOD));
    rs_lane *lane = rs_lane_new(session, 8);
    assert_outcome(start_in(lane, (rs_call_options){0}), RS_OK, 2);
    assert_int_equal(rs_lane_limit(lane), 4);
    for (int limit = 4, done = 1; limit < 8; done++) {
        assert_outcome(start_in(lane, (rs_call_options){0}), RS_OK, 1);
        if (done + 1 >= limit) {
            limit++;
            done = -1;
        }
        assert_int_equal(rs_lane_limit(lane), limit);
    }
    for (int i = 0; i < 20; i++)
        assert_outcome(start_in(lane, (rs_call_options){0}), RS_OK, 1);
    assert_int_equal(rs_lane_limit(lane), 8); /* never above its first limit */
    rs_lane_free(lane);
    end();
}

/* Calls that were under way together are refused together: that counts once. */
static void halves_once_for_all_that_were_under_way(void **state) {
    (void)state;
    enum { CALLS = 8 };
    rs_call *calls[CALLS];
    char late[128] = LATE;
    strcat(late, LIMITED);
    begin(ANSWERS(late, late, late, late, late, late, late, late, GOOD));
    rs_lane *lane = rs_lane_new(session, CALLS);
    for (size_t i = 0; i < CALLS; i++)
        calls[i] = start_in(lane, (rs_call_options){.retries = -1});
    await_requests(CALLS);
    server_release(here);
    for (size_t i = 0; i < CALLS; i++)
        assert_outcome(calls[i], RS_RATE_LIMITED, 1);
    assert_int_equal(rs_lane_limit(lane), CALLS / 2);
    rs_lane_free(lane);
    end();
}

static void is_never_closed(void **state) {
    (void)state;
    begin(ANSWERS(LIMITED));
    rs_lane *lane = rs_lane_new(session, 2);
    for (int i = 0; i < 3; i++) {
        rs_session_skip(session, 1000);
        assert_outcome(start_in(lane, (rs_call_options){.retries = -1}),
                       RS_RATE_LIMITED, 1);
    }
    assert_int_equal(rs_lane_limit(lane), 1);
    rs_lane_free(lane);
    end();
}

/* The service wants no more requests for a while: nobody sends one. */
static void makes_all_wait_as_long_as_the_service_wants(void **state) {
    (void)state;
    begin(ANSWERS(SLOW, GOOD));
    rs_lane *lane = rs_lane_new(session, 4);
    rs_call *first = start_in(lane, (rs_call_options){0});
    while (first->state != RS_CALL_PAUSING)
        turn();
    rs_call *second = start_in(lane, (rs_call_options){0});
    rs_call *hurried = start_in(lane, (rs_call_options){.timeout = 5000});
    assert_true(rs_call_is_done(hurried)); /* its deadline is earlier */
    assert_true(fabs(rs_call_fault(hurried)->retry_after - 20) < 1);
    assert_outcome(hurried, RS_RATE_LIMITED, 0);
    assert_int_equal(second->state, RS_CALL_QUEUED);
    assert_outcome(second, RS_OK, 1);
    assert_true(passed > 19000);
    assert_outcome(first, RS_OK, 2);
    rs_lane_free(lane);
    end();
}

static void does_not_change_for_other_failures(void **state) {
    (void)state;
    begin(ANSWERS(answer(503, NULL, ""), HANG_UP, answer(404, NULL, "")));
    rs_lane *lane = rs_lane_new(session, 4);
    for (int i = 0; i < 3; i++) {
        rs_call *call =
            start_in(lane, (rs_call_options){.method = "PUT", .retries = -1});
        finish(call);
        assert_non_null(rs_call_fault(call));
        rs_call_free(call);
        assert_int_equal(rs_lane_limit(lane), 4);
    }
    rs_lane_free(lane);
    end();
}

/* A cancelled call makes room for the next one. */
static void has_room_again_after_a_call_was_given_up(void **state) {
    (void)state;
    begin(ANSWERS(SILENCE, GOOD));
    rs_lane *lane = rs_lane_new(session, 1);
    rs_call *first = start_in(lane, (rs_call_options){0});
    rs_call *second = start_in(lane, (rs_call_options){0});
    rs_lane_free(lane); /* the calls keep it */
    await_requests(1);
    assert_int_equal(second->state, RS_CALL_QUEUED);
    rs_call_free(first);
    assert_int_equal(rs_session_timeout(session), 0);
    assert_outcome(second, RS_OK, 1);
    rs_lane_free(NULL);
    end();
}

static void connections_are_bounded(void **state) {
    (void)state;
    enum { CALLS = 5 };
    rs_call *calls[CALLS];
    begin_with(ANSWERS(LATE_OK),
               (rs_options){.token = TOKEN, .max_connections = 3}, NULL);
    for (size_t i = 0; i < CALLS; i++)
        calls[i] = start("GET", "/x");
    await_requests(3);
    assert_int_equal(count_sent(calls, CALLS), 3);
    /* waiting for a connection is not an attempt: no attempt is used up */
    rs_session_skip(session, 20000);
    rs_session_step(session);
    assert_int_equal(calls[4]->attempt, 0);
    server_release(here);
    finish_all();
    for (size_t i = 0; i < CALLS; i++)
        assert_outcome(calls[i], RS_OK, 1);
    assert_int_equal(server_connections(here), 3);
    end();
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(bounds_what_is_under_way),
        cmocka_unit_test(lets_calls_without_one_pass),
        cmocka_unit_test(halves_where_the_rate_is_limited_and_grows_again),
        cmocka_unit_test(halves_once_for_all_that_were_under_way),
        cmocka_unit_test(is_never_closed),
        cmocka_unit_test(makes_all_wait_as_long_as_the_service_wants),
        cmocka_unit_test(does_not_change_for_other_failures),
        cmocka_unit_test(has_room_again_after_a_call_was_given_up),
        cmocka_unit_test(connections_are_bounded),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
