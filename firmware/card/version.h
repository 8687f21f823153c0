/* version.h - which of two versions is the later one, as Debian's packages compare them: numbers as
 * numbers (1.10 is later than 1.9), a ~ before the end (1.0~rc1 is earlier than 1.0), the part
 * behind the last hyphen only where the rest is the same.
 * Threads: [any] */
#ifndef CARD_VERSION_H
#define CARD_VERSION_H

/* Below 0: a is earlier; 0: neither is; above 0: a is later. */
int version_compare(const char *a, const char *b);

#endif
