/*
 * The head of an HTTP answer: its status line and headers, as they came.
 */
#ifndef RS_HEAD_H
#define RS_HEAD_H

#include "parse/hidden.h"
#include "parse/slice.h"

RS_HIDDEN

/* The value of the header of that name, in any case, without the white space
 * around it: a part of head. One that is folded has its line breaks in it. The
 * last one where there are several; size 0 and data NULL if there is none. */
rs_slice rs_head_find(rs_slice head, const char *name);

/* The same of the first one, behind which *head begins from then on. */
rs_slice rs_head_take(rs_slice *head, const char *name);

RS_HIDDEN_END

#endif
