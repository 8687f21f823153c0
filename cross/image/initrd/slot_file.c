/* slot_file.c - where a file of the first partition (FAT32) begins on the disk. It is read here and not
 * mounted, so that one sector can be changed in place and nothing else: a mount for writing would
 * touch the FAT's own sectors too, and a power cut there costs more than a file.
 * Source: Microsoft, FAT32 File System Specification 1.03, pages 7-15 and 23-29. */
#include "init.h"

#include <ctype.h>
#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum {
	SECTOR = SLOT_SECTOR_BYTES,
	PARTITION_TABLE = 446,
	ENTRY_BYTES = 32,
	ENTRY_ATTRIBUTES = 11,
	ATTRIBUTE_LONG_NAME = 0x0f,
	ATTRIBUTE_LABEL = 0x08,
	CLUSTERS_AT_MOST = 4096, /* of one folder: a chain that goes round ends here */
};

struct fat {
	int fd;
	long long table_at, data_at;
	unsigned cluster_bytes, n_clusters, root_cluster;
};

static unsigned le16(const uint8_t *p)
{
	return p[0] | (unsigned)p[1] << 8;
}

static unsigned le32(const uint8_t *p)
{
	return le16(p) | le16(p + 2) << 16;
}

static int read_at(int fd, void *to, size_t bytes, long long at)
{
	return pread(fd, to, bytes, at) == (ssize_t)bytes ? 0 : -EIO;
}

static int fat_open(struct fat *fat, int fd)
{
	uint8_t mbr[SECTOR], boot[SECTOR];

	if (read_at(fd, mbr, SECTOR, 0) < 0 || le16(mbr + 510) != 0xaa55)
		return -EINVAL;
	long long at = (long long)le32(mbr + PARTITION_TABLE + 8) * SECTOR;
	if (at == 0 || read_at(fd, boot, SECTOR, at) < 0 || le16(boot + 510) != 0xaa55)
		return -EINVAL;
	unsigned sectors_per_cluster = boot[13], reserved = le16(boot + 14), n_fats = boot[16];
	unsigned fat_sectors = le32(boot + 36), all_sectors = le32(boot + 32);
	if (le16(boot + 11) != SECTOR || sectors_per_cluster == 0 || n_fats == 0 ||
		fat_sectors == 0)
		return -EINVAL;
	unsigned before_data = reserved + n_fats * fat_sectors;
	if (all_sectors <= before_data)
		return -EINVAL;
	fat->fd = fd;
	fat->table_at = at + (long long)reserved * SECTOR;
	fat->data_at = at + (long long)before_data * SECTOR;
	fat->cluster_bytes = sectors_per_cluster * SECTOR;
	fat->n_clusters = (all_sectors - before_data) / sectors_per_cluster;
	fat->root_cluster = le32(boot + 44);
	return 0;
}

static bool is_cluster(const struct fat *fat, unsigned cluster)
{
	return cluster >= 2 && cluster - 2 < fat->n_clusters;
}

static long long cluster_at(const struct fat *fat, unsigned cluster)
{
	return fat->data_at + (long long)(cluster - 2) * fat->cluster_bytes;
}

static unsigned next_cluster(const struct fat *fat, unsigned cluster)
{
	uint8_t word[4];

	if (read_at(fat->fd, word, 4, fat->table_at + (long long)cluster * 4) < 0)
		return 0;
	return le32(word) & 0x0fffffff;
}

/* "slot.txt" as a folder has it: "SLOT    TXT" */
static void short_name(char out[11], const char *name)
{
	int at = 0;

	memset(out, ' ', 11);
	for (; *name && at < 11; name++) {
		if (*name == '.')
			at = 8;
		else
			out[at++] = (char)toupper((unsigned char)*name);
	}
}

/* The folder's entry of that name: its first cluster, or 0. */
static unsigned find_entry(
	const struct fat *fat, unsigned folder, const char *name, unsigned *bytes)
{
	char wanted[11];
	uint8_t *cluster = malloc(fat->cluster_bytes);
	unsigned found = 0;

	short_name(wanted, name);
	for (int n = 0; cluster && !found && is_cluster(fat, folder) && n < CLUSTERS_AT_MOST; n++) {
		if (read_at(fat->fd, cluster, fat->cluster_bytes, cluster_at(fat, folder)) < 0)
			break;
		for (unsigned at = 0; at < fat->cluster_bytes && !found; at += ENTRY_BYTES) {
			const uint8_t *entry = cluster + at;
			unsigned kind = entry[ENTRY_ATTRIBUTES];
			if (entry[0] == 0)
				break;
			if ((kind & ATTRIBUTE_LONG_NAME) == ATTRIBUTE_LONG_NAME ||
				kind & ATTRIBUTE_LABEL)
				continue;
			if (memcmp(entry, wanted, 11) == 0) {
				found = le16(entry + 20) << 16 | le16(entry + 26);
				*bytes = le32(entry + 28);
			}
		}
		folder = next_cluster(fat, folder);
	}
	free(cluster);
	return found;
}

long long fat_find(int disk_fd, const char *folder, const char *name, unsigned *bytes)
{
	struct fat fat;
	int err = fat_open(&fat, disk_fd);

	if (err < 0)
		return err;
	unsigned in = fat.root_cluster;
	if (folder)
		in = find_entry(&fat, in, folder, bytes);
	unsigned cluster = in ? find_entry(&fat, in, name, bytes) : 0;
	return is_cluster(&fat, cluster) ? cluster_at(&fat, cluster) : -ENOENT;
}
