/*
 * What is declared between these two words is for the core's own files: no
 * program or library that links the core in sees it, or can put its own in the
 * place of it, whatever flags it was compiled with.
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
