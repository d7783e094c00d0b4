/*
 * The parts of a URL. Nothing here allocates.
 */
#ifndef RS_URL_H
#define RS_URL_H

#include <stdbool.h>
#include <stddef.h>

#include "parse/hidden.h"
#include "parse/slice.h"

RS_HIDDEN

/* The host, without user, port and brackets; size 0 if there is none. */
rs_slice rs_url_host(rs_slice url);

/* The user and the password in a proxy's address, [scheme://][account@]host;
 * size 0 if there are none. */
rs_slice rs_url_account(rs_slice address);

/* Decodes percent-encoding into `to`, which must have room for text.size bytes;
 * what is not an escape stays as it is. blank: a character that means a blank,
 * as "+" does in queries, or '\0'. Returns the number of bytes. */
size_t rs_url_decode(rs_slice text, char blank, char *to);

/* The value of a query parameter (the last of that name), decoded into `to`,
 * which must have room for url.size bytes; data NULL if there is none. */
rs_slice rs_url_parameter(rs_slice url, const char *name, char *to);

/* Writes text percent-encoded, except A-Z a-z 0-9 - . _ ~; returns the number
 * of bytes. `to` NULL: only counts. */
size_t rs_url_encode(rs_slice text, char *to);

/* The target of the link with rel "next" in the value of a Link header (RFC
 * 8288: rel may be in any case, quoted, or one of several relations); size 0:
 * none. */
rs_slice rs_link_next(rs_slice header);

RS_HIDDEN_END

#endif
