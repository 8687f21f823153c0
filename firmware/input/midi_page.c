/* Tested by: e2e/test_midi */
#include "input/midi_page.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "dsp/midi.h"

int midi_page_open(struct midi_page **page, const char *path, struct diag *diag)
{
	void *at = MAP_FAILED;
	int fd, err;

	unlink(path); /* a reader of an older run keeps its own */
	fd = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
	if (fd < 0)
		return diag_set(diag, -errno, "cannot make %s: %s", path, strerror(errno));
	err = -posix_fallocate(fd, 0, sizeof(struct midi_page)); /* a hole could be a SIGBUS */
	if (!err)
		at = mmap(
			NULL, sizeof(struct midi_page), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	if (!err && at == MAP_FAILED)
		err = -errno;
	close(fd);
	if (err < 0) {
		unlink(path);
		return diag_set(diag, err, "no room for %s: %s", path, strerror(-err));
	}
	*page = at;
	(*page)->page_bytes = sizeof(struct midi_page);
	(*page)->pid = getpid();
	memcpy((*page)->magic, MIDI_PAGE_MAGIC, sizeof((*page)->magic));
	return 0;
}

void midi_page_close(struct midi_page *page, const char *path)
{
	if (!page)
		return;
	unlink(path);
	munmap(page, sizeof(*page));
}

void midi_page_put(struct midi_page *page, const struct midi_page_message *message)
{
	uint8_t status = message->message.bytes[0];
	uint64_t n;

	if (!page || status == MIDI_CLOCK || status == MIDI_SENSING)
		return;
	n = atomic_load_explicit(&page->n_messages, memory_order_relaxed);
	page->messages[n % MIDI_PAGE_MESSAGES] = *message;
	atomic_store_explicit(&page->n_messages, n + 1, memory_order_release);
}

int midi_page_read(const char *path, const struct midi_page **page, struct diag *diag)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	const struct midi_page *at = MAP_FAILED;
	struct stat info;

	if (fd < 0)
		return diag_set(diag, -errno,
			"nothing shows its MIDI at %s: %s (is `chronus run` running?)", path,
			strerror(errno));
	if (fstat(fd, &info) == 0 && (size_t)info.st_size >= sizeof(*at))
		at = mmap(NULL, sizeof(*at), PROT_READ, MAP_SHARED, fd, 0);
	close(fd);
	if (at == MAP_FAILED)
		return diag_set(diag, -EINVAL, "%s: not this version's", path);
	if (memcmp(at->magic, MIDI_PAGE_MAGIC, sizeof(at->magic)) ||
		at->page_bytes != sizeof(*at)) {
		munmap((void *)(uintptr_t)at, sizeof(*at));
		return diag_set(diag, -EINVAL, "%s: not this version's", path);
	}
	*page = at;
	return 0;
}
