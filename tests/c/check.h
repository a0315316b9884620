/*
 * What every C test needs: checks that count, rounds of a loop until something is true, the
 * process's descriptors, raw sockets. Each program begins with check_begin() and returns
 * check_end(), which also finds descriptors that were left open and anything that was written to
 * the standard streams: the library writes nothing.
 */
#ifndef CHECK_H
#define CHECK_H

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <netinet/in.h>
#include <pthread.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <oxws.h>

#define CHECK_DESCRIPTORS 512
#define CHECK_PATIENCE_MS 50000

/* Where the sanitizers write, if they are there. */
extern void __sanitizer_set_report_fd(void *) __attribute__((weak));

static FILE *check_report;
static int check_captured = -1;
static int check_failures;
static const char *check_context = "";
static unsigned char check_open_at_begin[CHECK_DESCRIPTORS];

static inline void check_fail(const char *file, int line, const char *what) {
    check_failures++;
    if (check_failures <= 40) {
        fprintf(check_report, "%s:%d: %s%s%s\n", file, line, check_context,
                *check_context != '\0' ? ": " : "", what);
        fflush(check_report);
    }
}

#define CHECK(condition)                                        \
    do {                                                        \
        if (!(condition)) check_fail(__FILE__, __LINE__, #condition); \
    } while (0)

static inline void check_number(const char *file, int line, const char *what, long long actual,
                                long long wanted) {
    if (actual != wanted) {
        char text[400];
        snprintf(text, sizeof text, "%s is %lld, not %lld", what, actual, wanted);
        check_fail(file, line, text);
    }
}

#define CHECK_NUMBER(actual, wanted) \
    check_number(__FILE__, __LINE__, #actual, (long long)(actual), (long long)(wanted))

static inline void check_status(const char *file, int line, const char *what, oxws_status actual,
                                oxws_status wanted) {
    if (actual != wanted) {
        char text[400];
        snprintf(text, sizeof text, "%s gives %s, not %s", what, oxws_status_name(actual),
                 oxws_status_name(wanted));
        check_fail(file, line, text);
    }
}

#define CHECK_STATUS(wanted, call) check_status(__FILE__, __LINE__, #call, (call), (wanted))
#define CHECK_OK(call) CHECK_STATUS(OXWS_OK, call)

static inline int64_t check_now_ms(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* Runs rounds until the condition holds; a test that waits in vain fails. */
#define RUN_UNTIL(loop, condition)                                           \
    do {                                                                     \
        int64_t give_up_at = check_now_ms() + CHECK_PATIENCE_MS;             \
        while (!(condition)) {                                               \
            if (check_now_ms() > give_up_at) {                               \
                check_fail(__FILE__, __LINE__, "in vain: " #condition);      \
                break;                                                       \
            }                                                                \
            if (oxws_loop_poll((loop), 20) != OXWS_OK) {                     \
                check_fail(__FILE__, __LINE__, "oxws_loop_poll failed");     \
                break;                                                       \
            }                                                                \
        }                                                                    \
    } while (0)

/* Whether a thread of a loop that is gone still looks up a name. */
static inline int check_is_looking_up(void) {
    DIR *tasks = opendir("/proc/self/task");
    struct dirent *task;
    int found = 0;
    while (tasks != NULL && (task = readdir(tasks)) != NULL) {
        char path[300], name[32] = "";
        FILE *file;
        snprintf(path, sizeof path, "/proc/self/task/%s/comm", task->d_name);
        file = fopen(path, "re");
        if (file == NULL) continue;
        if (fgets(name, sizeof name, file) == NULL) name[0] = '\0';
        fclose(file);
        if (strncmp(name, "oxws-resolve", 12) == 0) found = 1;
    }
    if (tasks != NULL) closedir(tasks);
    return found;
}

/* Waits until no such thread has a descriptor of its own any more. */
static inline void check_wait_for_lookups(void) {
    while (check_is_looking_up()) usleep(1000);
}

/* Marks the descriptors below CHECK_DESCRIPTORS that are open. */
static inline void check_descriptors(unsigned char *open) {
    int fd;
    for (fd = 0; fd < CHECK_DESCRIPTORS; fd++) open[fd] = fcntl(fd, F_GETFD) >= 0;
}

/* Whether the same descriptors are open as before. A thread of the library that looks up a name may
 * still have one for a moment. */
static inline void check_same_descriptors(const char *file, int line, const unsigned char *before) {
    unsigned char now[CHECK_DESCRIPTORS];
    int64_t give_up_at = check_now_ms() + CHECK_PATIENCE_MS;
    int fd;
    do {
        check_descriptors(now);
        if (memcmp(before, now, sizeof now) == 0) return;
        usleep(1000);
    } while (check_now_ms() < give_up_at);
    for (fd = 0; fd < CHECK_DESCRIPTORS; fd++) {
        if (before[fd] != now[fd]) {
            char text[60];
            snprintf(text, sizeof text, "descriptor %d was %s", fd, now[fd] ? "leaked" : "closed");
            check_fail(file, line, text);
        }
    }
}

#define CHECK_SAME_DESCRIPTORS(before) check_same_descriptors(__FILE__, __LINE__, before)

static inline void check_begin(void) {
    char name[] = "/tmp/oxws-test-XXXXXX";
    int saved = fcntl(2, F_DUPFD_CLOEXEC, 100);
    check_report = fdopen(saved, "w");
    check_captured = mkstemp(name);
    if (check_report == NULL || check_captured < 0) exit(2);
    unlink(name);
    fcntl(check_captured, F_SETFD, FD_CLOEXEC);
    if (__sanitizer_set_report_fd) __sanitizer_set_report_fd((void *)(intptr_t)saved);
    fflush(stdout);
    dup2(check_captured, 1);
    dup2(check_captured, 2);
    check_descriptors(check_open_at_begin);
}

static inline int check_end(void) {
    struct stat captured;
    check_context = "";
    CHECK_SAME_DESCRIPTORS(check_open_at_begin);
    CHECK(fstat(check_captured, &captured) == 0);
    CHECK_NUMBER(captured.st_size, 0);
    if (captured.st_size > 0) {
        char text[400];
        ssize_t count = pread(check_captured, text, sizeof text - 1, 0);
        text[count > 0 ? count : 0] = '\0';
        fprintf(check_report, "written to the standard streams: %s\n", text);
    }
    if (check_failures > 0) fprintf(check_report, "%d checks failed\n", check_failures);
    fflush(check_report);
    return check_failures == 0 ? 0 : 1;
}

/* A config that is kept until the caller frees it. No deadline of its connections passes while a test
 * runs, however slow the machine is; whoever waits for one sets it. */
static inline oxws_config *check_config(void) {
    oxws_config *config = oxws_config_new();
    CHECK(config != NULL);
    CHECK_OK(oxws_config_ping_interval_ms(config, 0));
    CHECK_OK(oxws_config_close_timeout_ms(config, 60000));
    return config;
}

/* Listens at a free port of the loopback interface and writes the URL for clients. */
static inline oxws_listener check_listen(oxws_loop *loop, const oxws_config *config, char *url,
                                         size_t size) {
    oxws_listener listener = 0;
    uint16_t port = 0;
    CHECK_OK(oxws_listen(loop, "ws://127.0.0.1:0", config, &listener));
    CHECK_OK(oxws_listener_port(loop, listener, &port));
    CHECK(port != 0);
    snprintf(url, size, "ws://127.0.0.1:%u/", (unsigned)port);
    return listener;
}

/* Listens at a path of this process and writes the URL for clients. */
static inline oxws_listener check_listen_unix(oxws_loop *loop, const oxws_config *config, char *url,
                                              size_t size) {
    static unsigned count;
    oxws_listener listener = 0;
    snprintf(url, size, "ws+unix:/tmp/oxws-test-%ld-%u.socket", (long)getpid(), count++);
    CHECK_OK(oxws_listen(loop, url, config, &listener));
    return listener;
}

/* A socket that listens at a free port without blocking, and the URL for clients. */
static inline int check_raw_listen(char *url, size_t size) {
    struct sockaddr_in address;
    socklen_t len = sizeof address;
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    memset(&address, 0, sizeof address);
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    CHECK(bind(fd, (struct sockaddr *)&address, len) == 0 && listen(fd, 8) == 0);
    CHECK(getsockname(fd, (struct sockaddr *)&address, &len) == 0);
    snprintf(url, size, "ws://127.0.0.1:%u/", (unsigned)ntohs(address.sin_port));
    return fd;
}

/* A socket that is connected to the server behind a URL of check_listen or check_listen_unix. */
static inline int check_raw_connect(const char *url) {
    const char *path = strchr(url, '/');
    int fd;
    if (strncmp(url, "ws+unix:", 8) == 0) {
        struct sockaddr_un address;
        memset(&address, 0, sizeof address);
        address.sun_family = AF_UNIX;
        snprintf(address.sun_path, sizeof address.sun_path, "%.100s", path);
        fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
        CHECK(connect(fd, (struct sockaddr *)&address, sizeof address) == 0);
    } else {
        struct sockaddr_in address;
        const char *port = strrchr(url, ':');
        memset(&address, 0, sizeof address);
        address.sin_family = AF_INET;
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        address.sin_port = htons((uint16_t)strtoul(port + 1, NULL, 10));
        fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
        CHECK(connect(fd, (struct sockaddr *)&address, sizeof address) == 0);
    }
    return fd;
}

static inline void check_raw_send(int fd, const char *text) {
    size_t len = strlen(text);
    CHECK(send(fd, text, len, MSG_NOSIGNAL) == (ssize_t)len);
}

#define CHECK_UPGRADE_REQUEST                         \
    "GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n"           \
    "Upgrade: websocket\r\nConnection: Upgrade\r\n"   \
    "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n" \
    "Sec-WebSocket-Version: 13\r\n\r\n"

/* Reads what has come so far, without waiting, behind what is in the buffer; -1 at the end. */
static inline int check_raw_read(int fd, unsigned char *buffer, size_t size, size_t *len) {
    ssize_t count = recv(fd, buffer + *len, size - *len, MSG_DONTWAIT);
    if (count > 0) {
        *len += (size_t)count;
        return 0;
    }
    return count == 0 || (errno != EAGAIN && errno != EINTR) ? -1 : 0;
}

/* Memory that belonged to a callback's user pointer: whoever still reads it reads this. */
static inline void check_poison(void *memory, size_t size) {
    memset(memory, 0xDD, size);
    free(memory);
}

#endif
