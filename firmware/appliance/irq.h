/* irq.h - a sound card's interrupts: which they are, and which core serves them.
 *
 * root "" is the machine's own /proc and /sys; tests give a folder.
 * Threads: [init]
 * Source:  the kernel's Documentation/core-api/irq/irq-affinity.rst, proc_interrupts(5). */
#ifndef APPLIANCE_IRQ_H
#define APPLIANCE_IRQ_H

enum { IRQ_MAX_LINES = 16 };

struct irq_line {
	int number;
	char name[64]; /* of its users, as /proc/interrupts has it */
};

/* The card of the playback device that this process holds open, or -ENOENT. */
int irq_open_card(const char *root);

/* The interrupts that drive the card's blocks: a PCI card's own, a USB card's host controller, a
 * line named after the card or its device, else (a SoC's card) all DMA controllers' lines.
 * How many, at most IRQ_MAX_LINES; 0: none; or a negative errno. */
int irq_find(const char *root, int card, struct irq_line *lines);

/* Lets core cpu serve it, and reads that back. 0 or a negative errno: -EACCES, or -EIO where the
 * interrupt controller cannot. */
int irq_move(const char *root, int number, int cpu);

/* The interrupt's own thread (on a PREEMPT_RT kernel), or 0. */
int irq_thread(const char *root, int number);
/* Makes it SCHED_FIFO of at least this priority, and reads it back. 0 or a negative errno. */
int irq_thread_raise(int pid, int priority);

#endif
