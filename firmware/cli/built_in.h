/* built_in.h - a patch that is always there, for an appliance whose files are not.
 * Threads: [init] */
#ifndef CLI_BUILT_IN_H
#define CLI_BUILT_IN_H

extern const char built_in_patch[];

#endif
