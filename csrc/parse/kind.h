/*
 * The kinds of failure, without the rest of the public header.
 */
#ifndef RS_KIND_H
#define RS_KIND_H

#include "rsnapshots.h"

#endif
