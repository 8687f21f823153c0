// SPDX-License-Identifier: GPL-2.0
/* recording.c - see recording.h. */
#include <linux/debugfs.h>
#include <linux/module.h>
#include <linux/seq_file.h>
#include <linux/timekeeping.h>
#include <linux/vmalloc.h>

#include "recording.h"

#define MAX_LINES 256

/* Of the module, not of the card: it outlives a card that is pulled out. */
static struct {
	u8 *bytes;
	size_t used, size, lost;
	u64 late_ns; /* at most */
	struct recording_line lines[MAX_LINES];
	unsigned int n_lines;
	struct dentry *dir;
} record;

void recording_keep(const void *from, size_t n)
{
	if (record.used + n > record.size) {
		record.lost += n;
		return;
	}
	memcpy(record.bytes + record.used, from, n);
	record.used += n;
}

void recording_note_late(u64 ns)
{
	record.late_ns = max(record.late_ns, ns);
}

void recording_note(const struct recording_line *line)
{
	if (record.n_lines == MAX_LINES)
		return;
	record.lines[record.n_lines] = *line;
	record.lines[record.n_lines++].at_bytes = record.used;
}

static ssize_t recording_read(struct file *file, char __user *to, size_t n, loff_t *at)
{
	return simple_read_from_buffer(to, n, at, record.bytes, READ_ONCE(record.used));
}

static ssize_t recording_write(struct file *file, const char __user *from, size_t n, loff_t *at)
{
	record.used = 0;
	record.lost = 0;
	record.late_ns = 0;
	record.n_lines = 0;
	return n;
}

static const struct file_operations recording_ops = {
	.owner = THIS_MODULE,
	.read = recording_read,
	.write = recording_write,
	.llseek = default_llseek,
};

static int log_show(struct seq_file *seq, void *unused)
{
	unsigned int i;

	for (i = 0; i < record.n_lines; i++) {
		const struct recording_line *line = &record.lines[i];

		seq_printf(seq, "%s ns=%llu at_bytes=%zu format=%s rate_hz=%u channels=%u ",
			line->what, line->ns, line->at_bytes, line->format, line->rate_hz, line->channels);
		seq_printf(seq, "period_frames=%u buffer_frames=%u interleaved=%d burst_frames=%u\n",
			line->period_frames, line->buffer_frames, line->is_interleaved,
			line->burst_frames);
	}
	seq_printf(seq, "now ns=%llu at_bytes=%zu late_ns=%llu lost_bytes=%zu\n", ktime_get_ns(),
		READ_ONCE(record.used), READ_ONCE(record.late_ns), record.lost);
	return 0;
}
DEFINE_SHOW_ATTRIBUTE(log);

int recording_open(const char *name, size_t size)
{
	record.bytes = vzalloc(size);
	if (!record.bytes)
		return -ENOMEM;
	record.size = size;
	record.dir = debugfs_create_dir(name, NULL);
	debugfs_create_file("recording", 0600, record.dir, NULL, &recording_ops);
	debugfs_create_file("log", 0400, record.dir, NULL, &log_fops);
	return 0;
}

void recording_close(void)
{
	debugfs_remove(record.dir);
	vfree(record.bytes);
}
