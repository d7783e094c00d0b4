/*
 * What is declared between these two macros is for the core's own files.
 * Programs and libraries that link the core cannot see it or replace it,
 * whatever flags they are compiled with.
 */
#ifndef RS_HIDDEN_H
#define RS_HIDDEN_H

#ifdef __GNUC__
#define RS_HIDDEN _Pragma("GCC visibility push(hidden)")
#define RS_HIDDEN_END _Pragma("GCC visibility pop")
#else
#define RS_HIDDEN
#define RS_HIDDEN_END
#endif

#endif
