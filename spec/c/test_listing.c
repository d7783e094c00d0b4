/*
 * Listings: pages as they are wanted, each row once, and where to go on.
 */
#include "listed.h"

#include <stdio.h>

#define UNPROVEN answer(401, NULL, "{\"error\":{\"message\":\"who is it?\"}}")
#define GRANTED                                                                \
    answer(201, "X-Subject-Token: t\r\n",                                      \
           "{\"token\":{\"expires_at\":\"2026-11-23T09:00:00Z\","              \
           "\"issued_at\":\"2026-11-23T08:00:00Z\"}}")

static const rs_metadata_item k1[] = {{"k", "1"}, {NULL, NULL}};

/* --------------------------------------------------------------------- pages
 */

/* Only the marker of a link counts, not its host or path. */
static void follows_links(void **state) {
    (void)state;
    begin(ANSWERS(page("ab", LINK("b")), page("cd", LINK("x%2Fy")),
                  page("e", NULL)));
    assert_listed(ALL, "abcde.");
    assert_asked(0, "/detail?limit=1000");
    assert_asked(1, "/detail?limit=1000&marker=b");
    assert_asked(2, "/detail?limit=1000&marker=x%2Fy");
    assert_int_equal(server_requests(here), 3);
    end();
}

static void follows_links_in_headers(void **state) {
    (void)state;
    begin(
        ANSWERS(page_with("Link: </s?marker=zz>; rel=\"next\"\r\n", "a", NULL),
                page("b", NULL)));
    assert_listed(ALL, "ab.");
    assert_asked(1, "/detail?limit=1000&marker=zz");
    end();
}

/* Some services have no links, and still stop at their limit. */
static void follows_a_full_page_without_a_link(void **state) {
    (void)state;
    begin(ANSWERS(page("ab", NULL), page("cd", NULL), page("", NULL)));
    assert_listed((rs_filters){.page_size = 2}, "abcd.");
    assert_asked(0, "/detail?limit=2");
    assert_asked(1, "/detail?limit=2&marker=b");
    assert_asked(2, "/detail?limit=2&marker=d");
    end();
}

/* Some have a limit of their own, below which they do not go. */
static void follows_a_page_that_is_more_than_full(void **state) {
    (void)state;
    begin(ANSWERS(page("abc", NULL), page("de", NULL), page("", NULL)));
    assert_listed((rs_filters){.page_size = 2}, "abcde.");
    assert_asked(1, "/detail?limit=2&marker=c");
    end();
    begin(ANSWERS(page("abc", NULL))); /* and some know no pages at all */
    assert_listed((rs_filters){.page_size = 2}, "abc.");
    assert_int_equal(server_requests(here), 2);
    end();
}

static void ends_where_nothing_is(void **state) {
    (void)state;
    const char *nothing[] = {page("", NULL), answer(204, NULL, ""),
                             answer(200, NULL, "{\"snapshots\":null}")};
    for (size_t i = 0; i < COUNT(nothing); i++) {
        begin(ANSWERS(nothing[i]));
        assert_listed(ALL, ".");
        end();
    }
}

static void asks_for_the_next_page_ahead(void **state) {
    (void)state;
    begin(ANSWERS(page("ab", LINK("b")), page("c", NULL)));
    rs_listing *listing = list(ALL);
    assert_int_equal(next_letter(listing), 'a');
    await_requests(2); /* although nobody asked yet */
    assert_string_equal(letters_of(listing), "bc.");
    rs_listing_free(listing);
    end();
}

static void asks_for_no_page_ahead_that_is_not_wanted(void **state) {
    (void)state;
    begin(ANSWERS(page("ab", LINK("b")), page("c", NULL)));
    rs_listing *listing = list((rs_filters){.no_prefetch = true});
    assert_int_equal(next_letter(listing), 'a');
    assert_null(session->first);
    assert_string_equal(letters_of(listing), "bc.");
    rs_listing_free(listing);
    assert_listed((rs_filters){.max = 1}, "c.");
    assert_null(session->first);
    assert_int_equal(server_requests(here), 3);
    end();
}

static void stops_at_its_maximum(void **state) {
    (void)state;
    begin(ANSWERS(page("abc", LINK("c")), page("def", LINK("f"))));
    assert_listed((rs_filters){.max = 4, .page_size = 3}, "abcd.");
    assert_asked(0, "/detail?limit=3");
    assert_asked(1, "/detail?limit=1&marker=c");
    assert_int_equal(server_requests(here), 2);
    end();
}

static void gives_what_came_twice_once(void **state) {
    (void)state;
    begin(ANSWERS(page("abab", LINK("b")), page("bcca", LINK("c")),
                  page("cd", NULL)));
    assert_listed(ALL, "abcd.");
    end();
}

/* ------------------------------------------------------------ a lost marker */

static void goes_on_from_the_one_before_a_lost_marker(void **state) {
    (void)state;
    const char *lost[] = {GONE, UNKNOWN};
    for (size_t i = 0; i < 2; i++) {
        begin(ANSWERS(page("abcd", LINK("d")), lost[i], page("def", NULL)));
        assert_listed(ALL, "abcdef.");
        assert_asked(1, "/detail?limit=1000&marker=d");
        assert_asked(2, "/detail?limit=1000&marker=c");
        end();
    }
}

static void goes_further_back_each_time(void **state) {
    (void)state;
    begin(ANSWERS(page("abcdefgh", LINK("h")), GONE, GONE, GONE,
                  page("ij", NULL)));
    assert_listed(ALL, "abcdefghij.");
    static const char *const markers[] = {"h", "g", "f", "d"};
    for (int i = 0; i < 4; i++)
        assert_string_equal(strstr(asked(i + 1), "marker=") + 7, markers[i]);
    end();
}

/* The page after an earlier marker begins with rows that came before: that does
 * not break the order. */
static void goes_back_in_the_order_that_was_asked_for(void **state) {
    static const char *const sorts[] = {"created_at:desc", "created_at:asc"};
    static const char *const letters[][2] = {{"abcd", "cdef"},
                                             {"fedc", "dcba"}};
    (void)state;
    for (size_t i = 0; i < COUNT(sorts); i++) {
        begin(ANSWERS(page(letters[i][0], i == 0 ? LINK("d") : LINK("c")), GONE,
                      GONE, page(letters[i][1], NULL)));
        assert_listed((rs_filters){.sort = sorts[i]},
                      i == 0 ? "abcdef." : "fedcba.");
        end();
    }
}

static void begins_anew_where_all_are_gone(void **state) {
    (void)state;
    begin(ANSWERS(page("ab", LINK("b")), GONE, GONE, page("bcd", NULL)));
    assert_listed(ALL, "abcd.");
    assert_asked(3, "/detail?limit=1000");
    end();
    begin(ANSWERS(page("ab", LINK("b")), GONE));
    rs_listing *listing = list(ALL);
    assert_string_equal(letters_of(listing), "ab!");
    assert_int_equal(rs_listing_fault(listing)->kind, RS_NOT_FOUND);
    rs_listing_free(listing);
    end();
}

/* A listing forgets old ids; then the order tells what is new. */
static void begins_anew_by_the_order_where_ids_were_forgotten(void **state) {
    (void)state;
    const struct {
        const char *sort, *first, *link, *again, *letters;
    } orders[] = {
        {NULL, "ab", LINK("b"), "abcd", "bcd."},
        {"created_at:desc", "ab", LINK("b"), "abcd", "bcd."},
        {"created_at:asc", "dc", LINK("c"), "dcba", "cba."},
        {"size:asc", "fc", LINK("c"), "fcdeb", "cdeb."}, /* 0, 0, 1, 2, 2 */
    };
    for (size_t i = 0; i < COUNT(orders); i++) {
        begin(ANSWERS(page(orders[i].first, orders[i].link), GONE,
                      page(orders[i].again, NULL)));
        rs_listing *listing =
            list((rs_filters){.no_prefetch = true, .sort = orders[i].sort});
        assert_int_equal(next_letter(listing), orders[i].first[0]);
        listing->seen.dropped = true;
        listing->seen.now.count = 1;
        assert_string_equal(letters_of(listing), orders[i].letters);
        rs_listing_free(listing);
        end();
    }
}

/* Of three pages one is not in order, and what follows it is. */
static void remembers_what_was_out_of_order(void **state) {
    (void)state;
    begin(ANSWERS(page("ba", LINK("a")), page("cd", LINK("d")), GONE));
    rs_listing *listing = list((rs_filters){.no_prefetch = true});
    for (int i = 0; i < 3; i++)
        (void)next_letter(listing);
    listing->seen.dropped = true;
    listing->seen.now.count = 1;
    assert_string_equal(letters_of(listing), "d!");
    rs_listing_free(listing);
    end();
}

/* -------------------------------------------------------------------- circles
 */

static void notices_that_it_goes_in_circles(void **state) {
    (void)state;
    const char *first = page("ab", LINK("b")), *second = page("cd", LINK("d"));
    begin(ANSWERS(first, second, first, second, first, second, first, second,
                  first, second, first));
    rs_listing *listing = list(ALL);
    assert_string_equal(letters_of(listing), "abcd!");
    const rs_fault *fault = rs_listing_fault(listing);
    assert_int_equal(fault->kind, RS_DECODE);
    assert_non_null(strstr(fault->message, "again and again (by marker)"));
    assert_true(server_requests(here) <= 8);
    rs_listing_free(listing);
    end();
}

/* A service without markers sends the same page again: then it was all. If the
 * page was full, a larger one may contain all. */
static void ends_where_markers_are_ignored(void **state) {
    (void)state;
    begin(ANSWERS(page("ab", NULL)));
    assert_listed(ALL, "ab.");
    end();
    begin(ANSWERS(page("ab", NULL), page("ab", NULL), page("abcd", NULL)));
    assert_listed((rs_filters){.page_size = 2}, "abcd.");
    assert_asked(2, "/detail?limit=1000");
    end();
}

/* Of the page by which a circle is noticed, nothing is lost either. */
static void loses_no_row_of_a_circle(void **state) {
    (void)state;
    const char *pages[] = {page("ab", NULL), page("ac", NULL), page("ad", NULL),
                           page("ae", NULL), page("af", NULL), page("ag", NULL),
                           page("ah", NULL), page("ai", NULL)};
    char begins[COUNT(pages)][64];
    char found[16] = "";
    begin_version(ANSWERS(page("", NULL)), 1, 0);
    for (size_t i = 0; i < COUNT(pages); i++) {
        snprintf(begins[i], sizeof begins[i],
                 "GET /v3/p/snapshots/detail?limit=2&offset=%zu ", 2 * i);
        server_route(here,
                     i > 0 ? begins[i] : "GET /v3/p/snapshots/detail?limit=2 ",
                     ANSWERS(pages[i]));
    }
    rs_listing *listing = list((rs_filters){.page_size = 2});
    int faults = 0;
    for (bool ended = false; !ended;) {
        const char *letters = letters_of(listing);
        size_t more = strlen(letters) - 1;
        ended = letters[more] == '.';
        faults += !ended;
        assert_true(strlen(found) + more < sizeof found);
        strncat(found, letters, more);
    }
    assert_string_equal(found, "abcdefghi");
    assert_true(faults > 0);
    rs_listing_free(listing);
    end();
}

/* ------------------------------------------------------------------- offsets
 */

static void pages_by_offset_on_version_1(void **state) {
    (void)state;
    const char *over[] = {page("", NULL), answer(204, NULL, ""),
                          answer(200, NULL, ""), GONE, UNKNOWN};
    for (size_t i = 0; i < COUNT(over); i++) {
        begin_version(ANSWERS(page("ab", NULL), page("cd", NULL), over[i]), 1,
                      0);
        assert_listed((rs_filters){.page_size = 2}, "abcd.");
        assert_asked(0, "/detail?limit=2");
        assert_asked(1, "/detail?limit=2&offset=2");
        assert_asked(2, "/detail?limit=2&offset=4");
        end();
    }
}

static void ends_where_offsets_are_ignored(void **state) {
    (void)state;
    begin_version(ANSWERS(page("abc", NULL)), 1, 0);
    assert_listed(ALL, "abc.");
    end();
}

/* One page was to hold all; that it is refused is no end behind it. */
static void fails_where_the_wide_page_is_refused(void **state) {
    (void)state;
    const char *full = page("ab", NULL);
    begin_version(ANSWERS(full, full, full, full, UNKNOWN, full), 1, 0);
    rs_listing *listing = list((rs_filters){.page_size = 2});
    assert_string_equal(letters_of(listing), "ab!");
    assert_asked(4, "/detail?limit=1000");
    assert_int_equal(rs_listing_fault(listing)->status, 400);
    assert_int_equal(server_requests(here), 5);
    rs_listing_free(listing);
    end();
}

static void begins_after_a_marker_on_version_1(void **state) {
    (void)state;
    begin_version(ANSWERS(page("abcd", NULL), page("", NULL)), 1, 0);
    assert_listed((rs_filters){.marker = "b"}, "cd.");
    assert_null(strstr(asked(0), "marker"));
    end();
    begin_version(ANSWERS(page("abcd", NULL), page("", NULL)), 1, 0);
    rs_listing *listing = list((rs_filters){.marker = "x"});
    assert_string_equal(letters_of(listing), "!");
    assert_int_equal(rs_listing_fault(listing)->kind, RS_NOT_FOUND);
    assert_non_null(strstr(rs_listing_fault(listing)->message, "'x'"));
    rs_listing_free(listing);
    end();
}

static void leaves_out_so_many(void **state) {
    (void)state;
    begin(ANSWERS(page("cd", NULL)));
    assert_listed((rs_filters){.offset = 2}, "cd.");
    assert_asked(0, "/detail?limit=1000&offset=2"); /* the service does it */
    end();
    begin(ANSWERS(page("abcdef", NULL)));
    assert_listed((rs_filters){.offset = 1, .name_like = "n-"}, "bcdef.");
    assert_asked(0, "/detail?limit=1000"); /* of the rows that pass */
    end();
}

/* -------------------------------------------------------------------- tokens
 */

/* Continues by the token after every few rows. */
static void assert_goes_on(rs_filters filters, const char *letters) {
    size_t count = strlen(letters);
    for (size_t after = 0; after < count; after++) {
        rs_listing *listing = list(filters);
        for (size_t i = 0; i < after; i++)
            assert_int_equal(next_letter(listing), letters[i]);
        rs_filters rest = filters;
        rest.token = rs_listing_token(listing);
        assert_non_null(rest.token);
        assert_listed(rest, letters + after);
        rs_listing_free(listing);
    }
}

/* Repeats each answer as often as it is asked for. */
static void route_pages(const char *where, const char *const *answers) {
    server_route(here, where, answers);
}

static void goes_on_later_by_marker(void **state) {
    (void)state;
    begin(ANSWERS(page("abc", LINK("c"))));
    route_pages("GET /v3/p/snapshots/detail?limit=1000&marker=a",
                ANSWERS(page("bc", LINK("c"))));
    route_pages("GET /v3/p/snapshots/detail?limit=1000&marker=b",
                ANSWERS(page("c", LINK("c"))));
    route_pages("GET /v3/p/snapshots/detail?limit=1000&marker=c",
                ANSWERS(page("de", NULL)));
    route_pages("GET /v3/p/snapshots/detail?limit=1000&marker=d",
                ANSWERS(page("e", NULL)));
    assert_goes_on(ALL, "abcde.");
    end();
}

static void goes_on_later_by_offset(void **state) {
    (void)state;
    begin_version(ANSWERS(page("abc", NULL)), 1, 0);
    route_pages("GET /v3/p/snapshots/detail?limit=1000&offset=1",
                ANSWERS(page("bc", NULL)));
    route_pages("GET /v3/p/snapshots/detail?limit=1000&offset=2",
                ANSWERS(page("c", NULL)));
    route_pages("GET /v3/p/snapshots/detail?limit=1000&offset=3",
                ANSWERS(page("", NULL)));
    assert_goes_on(ALL, "abc.");
    end();
}

static void goes_on_later_with_what_it_sorts(void **state) {
    (void)state;
    begin(ANSWERS(page("cadb", NULL)));
    assert_goes_on((rs_filters){.sort = "name"}, "abcd.");
    end();
}

static void has_a_token_for_its_beginning(void **state) {
    (void)state;
    static const struct {
        rs_filters filters;
        const char *token;
    } beginnings[] = {{{0}, "offset:0"},
                      {{.marker = "m"}, "marker:m"},
                      {{.offset = 7}, "skip:7:"},
                      {{.offset = 7, .marker = "m"}, "skip:7:m"},
                      {{.token = "end:"}, "end:"}};
    begin(ANSWERS(OK));
    for (size_t i = 0; i < COUNT(beginnings); i++) {
        rs_listing *listing = list(beginnings[i].filters);
        assert_string_equal(rs_listing_token(listing), beginnings[i].token);
        rs_listing_free(listing);
        assert_listed((rs_filters){.token = "end:"}, ".");
    }
    assert_listed((rs_filters){.token = "end:", .sort = "name"}, ".");
    assert_int_equal(server_requests(here), 0);
    end();
}

/* ------------------------------------------------------------------ failures
 */

static void tries_the_same_page_again_when_it_is_asked_again(void **state) {
    (void)state;
    begin_version(ANSWERS(page("ab", LINK("b")), AWAY, AWAY,
                          answer(200, NULL, "{\"snapshots\":7}"),
                          page("c", NULL)),
                  3, 0);
    rs_listing *listing = list(ALL);
    assert_null(rs_listing_fault(listing));
    assert_string_equal(letters_of(listing), "ab!");
    assert_int_equal(rs_listing_fault(listing)->kind, RS_SERVER);
    assert_string_equal(letters_of(listing), "!");
    assert_string_equal(letters_of(listing), "!");
    assert_int_equal(rs_listing_fault(listing)->kind, RS_DECODE);
    assert_string_equal(letters_of(listing), "c.");
    assert_null(rs_listing_fault(listing));
    rs_listing_free(listing);
    end();
}

static void waits_for_programs_without_a_loop(void **state) {
    (void)state;
    rs_snapshot *snapshot;
    begin_version(ANSWERS(page("a", LINK("a")), page("b", NULL), AWAY), 3, 0);
    rs_listing *listing = list(ALL);
    for (char letter = 'a'; letter <= 'b'; letter++) {
        assert_int_equal(rs_listing_wait(listing, &snapshot), RS_NEXT_ROW);
        assert_int_equal(rs_snapshot_id(snapshot)[0], letter);
        rs_snapshot_free(snapshot);
    }
    assert_int_equal(rs_listing_wait(listing, &snapshot), RS_NEXT_END);
    assert_null(snapshot);
    rs_listing_free(listing);
    listing = list(ALL);
    assert_int_equal(rs_listing_wait(listing, &snapshot), RS_NEXT_FAULT);
    rs_listing_free(listing);
    end();
}

static void ends_with_its_session(void **state) {
    (void)state;
    begin(ANSWERS(SILENCE));
    rs_listing *listing = list(ALL);
    rs_snapshot *snapshot;
    assert_int_equal(rs_listing_next(listing, &snapshot), RS_NEXT_WAIT);
    await_requests(1);
    rs_session_close(session);
    assert_string_equal(letters_of(listing), "!");
    assert_true(rs_listing_fault(listing)->closed);
    assert_string_equal(letters_of(listing), "!");
    rs_listing_free(listing);
    rs_listing_free(NULL);
    end();
}

/* Refuses each allocation, alone or with all that follow: no row is lost, none
 * comes twice, and asking again continues. */
static void loses_no_row_when_memory_is_out(void **state) {
    (void)state;
    static const rs_filters wanted[] = {{.status = "available"},
                                        {.sort = "name", .metadata = k1},
                                        {.offset = 1, .name_like = "n"}};
    static const char *const letters[] = {"bdfhjl.", "adgj.", "bcdefghijkl."};
    for (size_t i = 0; i < COUNT(wanted) * 2; i++) {
        bool refused = true;
        for (size_t point = 1; refused; point++) {
            begin_version(ANSWERS(page("abcdef", LINK("f"))), 3, 0);
            route_pages("GET /v3/p/snapshots/detail?limit=1000&marker=f",
                        ANSWERS(page("ghijkl", NULL)));
            route_pages("GET /v3/p/snapshots/detail?status=available&"
                        "limit=1000&marker=f",
                        ANSWERS(page("ghijkl", NULL)));
            memory.asked = 0;
            memory.refuse_in = point;
            memory.refuses_on = i % 2 == 1;
            rs_listing *listing = rs_listing_new(session, &wanted[i / 2], NULL);
            char found[64] = "";
            size_t count = 0;
            while (listing != NULL &&
                   (found[count] = next_letter(listing)) != '.')
                if (found[count] == '!') {
                    assert_non_null(rs_listing_fault(listing));
                    memory.refuse_in = 0;
                } else
                    count++;
            refused = memory.asked >= point;
            if (listing != NULL)
                assert_string_equal(found, letters[i / 2]);
            memory.refuse_in = 0;
            rs_listing_free(listing);
            end();
        }
    }
}

/* The way around a lost marker needs memory: without any, the listing is not at
 * its end, and goes on where it was. */
static void finds_its_way_back_when_memory_is_out(void **state) {
    (void)state;
    static const char *const after[] = {"a", "0"};
    for (size_t i = 0; i < COUNT(after) * 2; i++) {
        bool refused = true;
        for (size_t point = 1; refused; point++) {
            char way[80];
            snprintf(way, sizeof way, "GET /v3/p/snapshots/detail?%s%s",
                     "limit=1000&marker=", after[i / 2]);
            begin_version(ANSWERS(GONE), 3, 0);
            route_pages("GET /v3/p/snapshots/detail?limit=1000&marker=0",
                        ANSWERS(page("ab", "\"count\":3"), page("abc", NULL)));
            if (i / 2 == 0)
                route_pages(way, ANSWERS(page("bc", NULL)));
            memory.asked = 0;
            memory.refuse_in = point;
            memory.refuses_on = i % 2 == 1;
            const rs_filters filters = {.marker = "0"};
            rs_listing *listing = rs_listing_new(session, &filters, NULL);
            char found[64] = "";
            size_t count = 0, failures = 0;
            while (listing != NULL && failures < 9 &&
                   (found[count] = next_letter(listing)) != '.')
                if (found[count] == '!') {
                    failures++;
                    memory.refuse_in = 0;
                } else
                    count++;
            refused = memory.asked >= point;
            if (listing != NULL)
                assert_string_equal(found, "abc.");
            memory.refuse_in = 0;
            rs_listing_free(listing);
            end();
        }
    }
}

/* A listing whose filters are refused begins again after its own marker, also
 * if there was no memory for that at first. */
static void begins_after_its_marker_when_memory_is_out(void **state) {
    (void)state;
    const rs_filters filters = {.status = "available", .marker = "m"};
    bool refused = true;
    for (size_t point = 1; refused; point++) {
        begin_version(ANSWERS(page("fbd", NULL)), 3, 0);
        route_pages("GET /v3/p/snapshots/detail?status", ANSWERS(UNKNOWN));
        route_pages("GET /v3/p/snapshots/detail?limit=1000&marker=m",
                    ANSWERS(page("bcd", NULL)));
        memory.asked = 0;
        memory.refuse_in = point;
        rs_listing *listing = rs_listing_new(session, &filters, NULL);
        char letters[16] = "";
        for (size_t i = 0; listing != NULL && i < 9;) {
            letters[i] = next_letter(listing);
            if (letters[i] == '.')
                break;
            if (letters[i] != '!')
                i++;
            else
                assert_non_null(rs_listing_fault(listing));
        }
        refused = memory.asked >= point;
        if (listing != NULL)
            assert_string_equal(letters, "bd.");
        memory.refuse_in = 0;
        rs_listing_free(listing);
        end();
    }
}

/* A row that could not be made comes next. */
static void has_a_token_when_memory_is_out(void **state) {
    (void)state;
    rs_snapshot *snapshot;
    static const char *const tokens[] = {"offset:0", "marker:a", "marker:b"};
    begin(ANSWERS(page("ab", LINK("b")), page("c", NULL)));
    rs_listing *listing = list((rs_filters){.no_prefetch = true});
    for (size_t i = 0; i < COUNT(tokens); i++) {
        (void)rs_listing_call(listing);
        finish_all();
        rs_row_ref row;
        assert_int_equal(rs_listing_row(listing, &row), RS_NEXT_ROW);
        memory.refuse_in = 1; /* only the snapshot has to be made */
        assert_int_equal(rs_listing_next(listing, &snapshot), RS_NEXT_FAULT);
        assert_int_equal(rs_listing_fault(listing)->kind, RS_NO_MEMORY);
        assert_string_equal(rs_listing_token(listing), tokens[i]);
        assert_int_equal(next_letter(listing), "abc"[i]);
    }
    assert_string_equal(letters_of(listing), ".");
    rs_listing_free(listing);
    end();
}

static void has_a_lane_and_an_end(void **state) {
    (void)state;
    begin(ANSWERS(page("a", LINK("a")), SILENCE));
    rs_lane *lane = rs_lane_new(session, 1);
    rs_listing *listing = list((rs_filters){.no_prefetch = true});
    rs_listing_set_lane(listing, lane);
    rs_lane_free(lane);
    listing->stop = rs_session_now(session) + 5000;
    assert_int_equal(next_letter(listing), 'a');
    assert_non_null(rs_listing_call(listing));
    await_requests(2);
    rs_session_skip(session, 5001);
    assert_string_equal(letters_of(listing), "!");
    assert_int_equal(rs_listing_fault(listing)->kind, RS_TIMEOUT);
    rs_listing_set_lane(listing, NULL);
    rs_listing_free(listing);
    end();
}

static void gives_pages_at_once(void **state) {
    (void)state;
    const rs_row_ref *rows;
    size_t count;
    begin(ANSWERS(page("abc", LINK("c")), page("de", NULL)));
    rs_listing *listing = list((rs_filters){.max = 4});
    while (rs_listing_page(listing, &rows, &count) == RS_NEXT_WAIT) {
        (void)rs_listing_call(listing);
        turn();
    }
    assert_int_equal(count, 3);
    rs_listing_give(listing, count);
    finish_all();
    assert_int_equal(rs_listing_page(listing, &rows, &count), RS_NEXT_ROW);
    assert_int_equal(count, 1); /* no more than the maximum */
    rs_listing_give(listing, count);
    assert_int_equal(rs_listing_page(listing, &rows, &count), RS_NEXT_END);
    rs_listing_free(listing);
    end();
}

/* ------------------------------------------------------------ more than once
 */

/* Ids are forgotten in generations, so that they stay bounded. */
static void remembers_the_last_ids(void **state) {
    (void)state;
    enum { PAGE = 100, PAGES = 12, LEAST = 300 };
    char id[16];
    rs_seen seen = {0};
    for (int page_at = 0; page_at < PAGES; page_at++) {
        assert_true(
            rs_seen_reserve(&seen, &test_allocator, PAGE, PAGE * 8, LEAST));
        for (int i = 0; i < PAGE; i++) {
            size_t size =
                (size_t)snprintf(id, sizeof id, "%d", page_at * PAGE + i);
            assert_false(rs_seen_add(&seen, (rs_slice){id, size}));
            assert_true(rs_seen_add(&seen, (rs_slice){id, size}));
            rs_slice last = rs_seen_at(&seen, rs_seen_count(&seen) - 1);
            assert_int_equal(last.size, size);
            assert_memory_equal(last.data, id, size);
        }
    }
    assert_true(seen.dropped);
    assert_true(rs_seen_count(&seen) >= LEAST &&
                rs_seen_count(&seen) <= 2 * (LEAST + PAGE));
    assert_true(rs_seen_add(&seen, (rs_slice){id, strlen(id)}));
    assert_true(rs_seen_reserve(&seen, &test_allocator, 1, 1, LEAST));
    assert_false(rs_seen_add(&seen, (rs_slice){"0", 1})); /* it was dropped */
    assert_false(
        rs_seen_reserve(&seen, &test_allocator, SIZE_MAX / 2, 1, LEAST));
    rs_seen_free(&seen, &test_allocator);
    assert_no_block_is_left();
}

/* After a lost marker the listing began anew, with a new one (a) in front; what
 * was there before comes again on a page of its own. */
static void ends_after_what_came_before(void **state) {
    (void)state;
    const rs_filters filters = {
        .page_size = 1, .sort = "created_at:desc", .marker = "m"};
    const char *b = page("b", NULL);
    begin(ANSWERS(b, GONE, page("a", NULL), b, page("ab", NULL)));
    assert_listed(filters, "ba.");
    assert_asked(2, "/detail?sort=created_at%3Adesc&limit=1&marker=m");
    assert_asked(3, "/detail?sort=created_at%3Adesc&limit=1&marker=a");
    assert_asked(4, "/detail?sort=created_at%3Adesc&limit=1000&marker=m");
    end();
    begin(ANSWERS(page("b", LINK("b")), GONE, page("a", LINK("a")), b));
    assert_listed(filters, "ba.");
    assert_int_equal(server_requests(here), 4);
    end();
}

/* Which ids have one hash differs, and a service cannot choose them. */
static void has_hashes_of_its_own(void **state) {
    (void)state;
    begin(ANSWERS(page("a", NULL)));
    rs_listing *listings[] = {list(ALL), list(ALL)};
    uint32_t hashes[2] = {0};
    for (size_t i = 0; i < COUNT(listings); i++) {
        const rs_seen_part *part = &listings[i]->seen.now;
        assert_string_equal(letters_of(listings[i]), "a.");
        for (size_t at = 0; at < part->table_size; at++)
            hashes[i] |= part->table[at].hash;
        rs_listing_free(listings[i]);
    }
    assert_int_not_equal(hashes[0], hashes[1]);
    end();
}

/* Where ids were forgotten, only the usual order tells what is new. */
static void does_not_begin_anew_without_an_order(void **state) {
    (void)state;
    static const rs_filters filters[] = {
        {.no_prefetch = true, .extra = "sort=id"},
        {.no_prefetch = true, .sort = "status"},
        {.no_prefetch = true}};
    const char *first[] = {page("bd", LINK("d")), page("bd", LINK("d")),
                           page("db", LINK("b"))};
    for (size_t i = 0; i < COUNT(filters); i++) {
        begin(ANSWERS(first[i], GONE));
        rs_listing *listing = list(filters[i]);
        (void)next_letter(listing);
        listing->seen.dropped = true;
        listing->seen.now.count = 1;
        assert_int_equal(letters_of(listing)[1], '!');
        assert_int_equal(rs_listing_fault(listing)->kind, RS_NOT_FOUND);
        rs_listing_free(listing);
        end();
    }
}

static void begins_anew_after_its_own_marker(void **state) {
    (void)state;
    begin(ANSWERS(page("cd", LINK("d")), GONE, GONE, page("cde", NULL)));
    assert_listed((rs_filters){.marker = "b"}, "cde.");
    assert_string_equal(strstr(asked(3), "marker="), "marker=b");
    end();
}

/* What is sorted here holds all rows, whatever the listing begins after: b is
 * behind the page that was lost. */
static void begins_anew_with_all_that_it_sorts(void **state) {
    (void)state;
    begin(ANSWERS(page("cd", LINK("d")), GONE, GONE, page("aceb", NULL)));
    assert_listed((rs_filters){.sort = "name", .marker = "b"}, "cde.");
    assert_asked(3, "/detail?limit=1000");
    end();
}

/* Not even the first page is served any more. */
static void does_not_end_where_the_url_is_wrong(void **state) {
    (void)state;
    const char *unrouted = answer(404, NULL,
                                  "{\"code\":\"404 Not Found\",\"title\":\"Not "
                                  "Found\",\"message\":\"The resource could "
                                  "not be found.\"}");
    for (int version = 1; version <= 3; version++) {
        begin_version(ANSWERS(page("ab", "\"count\":9"), unrouted), version, 0);
        assert_listed((rs_filters){.no_prefetch = true}, "ab!");
        end();
    }
}

/* A renewal of the token was refused: that says nothing about the place. The
 * page was refused first, and named the service; or nothing was sent. */
static void fails_where_the_token_is_not_renewed(void **state) {
    (void)state;
    static const char counted[] = "\"count\":9";
    for (int version = 1; version <= 3; version++)
        for (int refused = 0; refused < 2; refused++) {
            begin_with(ANSWERS(page("ab", counted), UNPROVEN),
                       (rs_options){.api_version = version}, "{}");
            server_route(here, "POST /v3/auth/tokens",
                         ANSWERS(GRANTED, UNKNOWN));
            rs_listing *listing = list((rs_filters){.no_prefetch = true});
            assert_int_equal(next_letter(listing), 'a');
            assert_int_equal(next_letter(listing), 'b');
            if (refused == 0)
                rs_session_skip(session, 7200000);
            assert_int_equal(next_letter(listing), '!');
            assert_int_equal(rs_listing_fault(listing)->kind, RS_INVALID);
            assert_int_equal(server_count(here, "POST"), 2);
            assert_int_equal(server_requests(here), 3 + refused);
            rs_listing_free(listing);
            end();
        }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(follows_links),
        cmocka_unit_test(follows_links_in_headers),
        cmocka_unit_test(follows_a_full_page_without_a_link),
        cmocka_unit_test(follows_a_page_that_is_more_than_full),
        cmocka_unit_test(ends_where_nothing_is),
        cmocka_unit_test(asks_for_the_next_page_ahead),
        cmocka_unit_test(asks_for_no_page_ahead_that_is_not_wanted),
        cmocka_unit_test(stops_at_its_maximum),
        cmocka_unit_test(gives_what_came_twice_once),
        cmocka_unit_test(goes_on_from_the_one_before_a_lost_marker),
        cmocka_unit_test(goes_further_back_each_time),
        cmocka_unit_test(goes_back_in_the_order_that_was_asked_for),
        cmocka_unit_test(begins_anew_where_all_are_gone),
        cmocka_unit_test(begins_anew_by_the_order_where_ids_were_forgotten),
        cmocka_unit_test(remembers_what_was_out_of_order),
        cmocka_unit_test(notices_that_it_goes_in_circles),
        cmocka_unit_test(ends_where_markers_are_ignored),
        cmocka_unit_test(loses_no_row_of_a_circle),
        cmocka_unit_test(pages_by_offset_on_version_1),
        cmocka_unit_test(ends_where_offsets_are_ignored),
        cmocka_unit_test(fails_where_the_wide_page_is_refused),
        cmocka_unit_test(begins_after_a_marker_on_version_1),
        cmocka_unit_test(leaves_out_so_many),
        cmocka_unit_test(goes_on_later_by_marker),
        cmocka_unit_test(goes_on_later_by_offset),
        cmocka_unit_test(goes_on_later_with_what_it_sorts),
        cmocka_unit_test(has_a_token_for_its_beginning),
        cmocka_unit_test(tries_the_same_page_again_when_it_is_asked_again),
        cmocka_unit_test(waits_for_programs_without_a_loop),
        cmocka_unit_test(ends_with_its_session),
        cmocka_unit_test(loses_no_row_when_memory_is_out),
        cmocka_unit_test(finds_its_way_back_when_memory_is_out),
        cmocka_unit_test(begins_after_its_marker_when_memory_is_out),
        cmocka_unit_test(has_a_token_when_memory_is_out),
        cmocka_unit_test(has_a_lane_and_an_end),
        cmocka_unit_test(gives_pages_at_once),
        cmocka_unit_test(remembers_the_last_ids),
        cmocka_unit_test(ends_after_what_came_before),
        cmocka_unit_test(has_hashes_of_its_own),
        cmocka_unit_test(does_not_begin_anew_without_an_order),
        cmocka_unit_test(begins_anew_after_its_own_marker),
        cmocka_unit_test(begins_anew_with_all_that_it_sorts),
        cmocka_unit_test(does_not_end_where_the_url_is_wrong),
        cmocka_unit_test(fails_where_the_token_is_not_renewed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
