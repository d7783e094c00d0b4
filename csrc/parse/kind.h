/*
 * The kinds of failure, as the public header has them.
 */
#ifndef RS_KIND_H
#define RS_KIND_H

#include "rsnapshots.h"

#endif
