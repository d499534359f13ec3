/* mounts.c - loop devices, tmpfs, and the ioctl that stops a file system. */
#include "mounts.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <time.h>
#include <unistd.h>

/* EXT4_IOC_SHUTDOWN and XFS_IOC_GOINGDOWN are the same; 2: do not flush the log. */
#define SHUT_DOWN _IOR('X', 125, uint32_t)
enum { NO_LOG_FLUSH = 2 };

const char *mounts_begin(void) {
    if (geteuid() != 0) return "it needs root";
    if (unshare(CLONE_NEWNS) != 0) return "no mount namespaces here";
    if (mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) != 0) return "mounts cannot be private";
    return NULL;
}

bool mounts_tmpfs(const char *folder, const char *size) {
    char options[64];
    snprintf(options, sizeof options, "size=%s", size);
    return mount("none", folder, "tmpfs", 0, options) == 0;
}

static bool run(const char *command) {
    return system(command) == 0;
}

bool mounts_disk_format(const mounts_disk *d) {
    char command[256];
    bool ext4 = strcmp(d->type, "ext4") == 0;
    snprintf(command, sizeof command, "mkfs.%s -q %s %s >/dev/null 2>&1", d->type,
             ext4 ? "-F" : "-f", d->device);
    return run(command);
}

static bool attach(mounts_disk *d) {
    char command[256];
    snprintf(command, sizeof command, "losetup -f --show '%s' 2>/dev/null", d->image);
    FILE *out = popen(command, "r");
    bool got = out != NULL && fgets(d->device, sizeof d->device, out) != NULL;
    if (out != NULL && pclose(out) != 0) got = false;
    d->device[strcspn(d->device, "\n")] = '\0';
    return got;
}

const char *mounts_disk_make(mounts_disk *d, const char *folder, const char *type, unsigned mib) {
    char command[64];
    memset(d, 0, sizeof *d);
    d->type = type;
    snprintf(command, sizeof command, "command -v mkfs.%s losetup >/dev/null", type);
    if (!run(command)) return "no mkfs for this file system, or no losetup";
    snprintf(d->image, sizeof d->image, "%s/%s.img", folder, type);
    int fd = open(d->image, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (fd < 0 || ftruncate(fd, (off_t)mib << 20) != 0 || close(fd) != 0) return "no image file";
    if (!attach(d)) return "no loop device";
    if (mounts_disk_format(d)) return NULL;
    mounts_disk_end(d);
    return "it cannot be formatted";
}

bool mounts_disk_mount(const mounts_disk *d, const char *folder) {
    return mount(d->device, folder, d->type, 0, NULL) == 0;
}

bool mounts_unmount(const char *folder) {
    for (int i = 0; i < 100; i++) {
        struct timespec t = {0, 10000000};
        if (umount(folder) == 0) return true;
        if (errno != EBUSY) return false;
        (void)nanosleep(&t, NULL);
    }
    return false;
}

void mounts_disk_end(const mounts_disk *d) {
    char command[128];
    snprintf(command, sizeof command, "losetup -d %s", d->device);
    if (d->device[0] != '\0') (void)run(command);
    (void)unlink(d->image);
}

bool mounts_shut_down(const char *folder) {
    uint32_t how = NO_LOG_FLUSH;
    int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    bool done = fd >= 0 && ioctl(fd, SHUT_DOWN, &how) == 0;
    if (fd >= 0) (void)close(fd);
    return done;
}
