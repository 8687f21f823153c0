/* std_files.h - stdin, stdout and stderr: there from the first line of main on, and stdout's errors
 * told at its end.
 *
 * Threads: [init] */
#ifndef BASE_STD_FILES_H
#define BASE_STD_FILES_H

/* First of all: where 0, 1 or 2 is closed, /dev/null takes its number, opened the wrong way round. No
 * file that is opened later is mistaken for stderr then, and who reads or writes gets an error as
 * before. 0 or a negative errno. */
int std_files_open(void);

/* Writes out stdout now, for who prints for hours. 0, or a negative errno, which std_files_close
 * returns again. */
int std_files_flush(void);

/* Last of all: writes out stdout and closes it. 0, or the negative errno of the first thing that could
 * not be written (-EIO: it is not known any more). */
int std_files_close(void);

#endif
