/* rt_poison.h - included last by files that run on real-time threads: naming one of these is an
 * error. The compiler's part of the gate; `make check-rt` proves it over everything that is
 * reachable. */
#ifndef BASE_RT_POISON_H
#define BASE_RT_POISON_H

#pragma GCC poison malloc calloc realloc free strdup
#pragma GCC poison printf fprintf snprintf sprintf vsnprintf puts perror strerror
#pragma GCC poison fopen fclose fwrite fread open close
#pragma GCC poison pthread_mutex_lock pthread_cond_wait pthread_cond_signal sem_wait sem_post
#pragma GCC poison pthread_create pthread_join usleep sleep nanosleep exit

#endif
