/*
 * The head of an HTTP answer: its status line and headers, as they came.
 */
#ifndef RS_HEAD_H
#define RS_HEAD_H

#include "parse/hidden.h"
#include "parse/slice.h"

RS_HIDDEN

/* The value of the header of that name, in any case; of several, the last. It
 * is a part of head, without the white space around it; a folded one contains
 * its line breaks. size 0 and data NULL if there is none. */
rs_slice rs_head_find(rs_slice head, const char *name);

/* The same for the first such header; *head then begins after it. */
rs_slice rs_head_take(rs_slice *head, const char *name);

RS_HIDDEN_END

#endif
