#include <stdio.h>
#include <string.h>

#include "call/internal.h"

#define MOST 1000 /* reports waiting to be read */

static void free_entry(rs_session *session, rs_report_entry *entry) {
    rs_string_free(&entry->url, &session->memory);
    rs_free(&session->memory, entry, sizeof *entry);
}

static void append(rs_session *session, rs_report_entry *entry) {
    entry->next = NULL;
    if (session->last_report != NULL)
        session->last_report->next = entry;
    else
        session->first_report = entry;
    session->last_report = entry;
    session->report_count++;
}

static bool describe(rs_report_entry *entry, rs_call *call) {
    const char *url = rs_call_shown_url(call);
    if (url == NULL ||
        !rs_string_copy(&entry->url, &call->session->memory, url))
        return false;
    (void)snprintf(entry->method, sizeof entry->method, "%s",
                   call->method.data);
    memcpy(entry->request_id, call->store.request_id, sizeof entry->request_id);
    return true;
}

void rs_report_attempt(rs_call *call, const rs_fault_store *fault) {
    rs_session *session = call->session;
    if (!session->reports || session->report_count >= MOST)
        return;
    rs_report_entry *entry = rs_new(&session->memory, sizeof *entry);
    if (entry == NULL)
        return;
    memset(entry, 0, sizeof *entry);
    if (!describe(entry, call)) {
        free_entry(session, entry);
        return;
    }
    if (fault != NULL) {
        rs_fault_copy(&entry->store, fault);
        entry->store.fault.method = entry->method;
        entry->store.fault.url = entry->url.data;
    }
    entry->report = (rs_report){
        .method = entry->method,
        .url = entry->url.data,
        .status = call->request != NULL ? rs_request_status(call->request) : 0,
        .seconds =
            call->request != NULL ? rs_request_seconds(call->request) : 0,
        .attempt = call->attempt,
        .request_id = entry->request_id[0] != '\0' ? entry->request_id : NULL,
        .fault = fault != NULL ? &entry->store.fault : NULL};
    append(session, entry);
}

bool rs_session_has_report(const rs_session *session) {
    return session->first_report != NULL;
}

bool rs_session_next_report(rs_session *session, rs_report *report) {
    if (session->given_report != NULL)
        free_entry(session, session->given_report);
    rs_report_entry *entry = session->first_report;
    session->given_report = entry;
    if (entry == NULL)
        return false;
    session->first_report = entry->next;
    if (entry->next == NULL)
        session->last_report = NULL;
    session->report_count--;
    *report = entry->report;
    return true;
}

void rs_report_free_all(rs_session *session) {
    rs_report unused;
    while (rs_session_next_report(session, &unused))
        continue;
}
