/*
 * The head of an HTTP answer: its status line and headers, as they came.
 */
#ifndef RS_HEAD_H
#define RS_HEAD_H

#include "parse/hidden.h"
#include "parse/slice.h"

RS_HIDDEN

/* The value of the header of that name, in any case, without the white space
 * around it: a part of head. The last one where there are several; size 0 and
 * data NULL if there is none. */
rs_slice rs_head_find(rs_slice head, const char *name);

RS_HIDDEN_END

#endif
