/*
 * The times that block storage services send, all of them UTC:
 * "2012-02-29T03:50:07Z", "2013-02-25T07:30:12.000000", "2012-02-14T20:53:07",
 * "2013-02-25 07:30:12", and with an offset, "2013-02-25T07:30:12+02:00".
 */
#ifndef RS_TIMESTAMP_H
#define RS_TIMESTAMP_H

#include <stdbool.h>
#include <stdint.h>

#include "parse/hidden.h"
#include "parse/slice.h"

RS_HIDDEN

/* Seconds since 1970-01-01T00:00:00Z, with the fraction; false, leaving
 * *seconds alone, when the text is not such a time. */
bool rs_timestamp_parse(rs_slice text, double *seconds);

RS_HIDDEN_END

#endif
