/*
 * E21: no descriptor of the library survives an exec. A loop with one of everything is open when the
 * program runs itself again, which then looks at what it has inherited.
 */
#include "check.h"

static int opens;

static void on_open(oxws_loop *loop, oxws_connection id, void *user) {
    (void)loop, (void)id, (void)user;
    opens++;
}

/* As the child: which descriptors are open that were not when the test began. */
static int list(const char *before) {
    int fd, strange = 0;
    for (fd = 0; fd < CHECK_DESCRIPTORS; fd++) {
        if (fcntl(fd, F_GETFD) >= 0 && before[fd] != '1') {
            printf("inherited descriptor %d\n", fd);
            strange++;
        }
    }
    return strange > 0;
}

static void run_again(const char *program) {
    char before[CHECK_DESCRIPTORS + 1];
    int fd, status = 0;
    pid_t child;
    for (fd = 0; fd < CHECK_DESCRIPTORS; fd++) before[fd] = check_open_at_begin[fd] ? '1' : '0';
    before[CHECK_DESCRIPTORS] = '\0';
    /* The tests' own, which are closed on exec. */
    before[check_captured] = before[fileno(check_report)] = '0';
    child = fork();
    if (child == 0) {
        execl(program, program, "list", before, (char *)NULL);
        _exit(3);
    }
    CHECK(waitpid(child, &status, 0) == child);
    CHECK(WIFEXITED(status) && WEXITSTATUS(status) == 0);
}

/* Descriptors that the program hands over and that are not closed on exec. */
static int inheritable_listener(void) {
    struct sockaddr_in address;
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    memset(&address, 0, sizeof address);
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    CHECK(bind(fd, (struct sockaddr *)&address, sizeof address) == 0 && listen(fd, 8) == 0);
    return fd;
}

int main(int argc, char **argv) {
    oxws_loop *loop;
    oxws_config *config;
    oxws_connection id;
    char tcp[80], local[80];
    int handed;

    if (argc == 3 && strcmp(argv[1], "list") == 0) return list(argv[2]);
    check_begin();
    loop = oxws_loop_new();
    config = check_config();
    CHECK_OK(oxws_config_on_open(config, on_open));
    check_listen(loop, config, tcp, sizeof tcp);
    check_listen_unix(loop, config, local, sizeof local);
    handed = inheritable_listener();
    CHECK_OK(oxws_listen_fd(loop, handed, config, NULL));
    close(handed);
    CHECK_OK(oxws_connect(loop, tcp, config, &id));
    CHECK_OK(oxws_connect(loop, local, config, &id));
    RUN_UNTIL(loop, opens == 4);
    CHECK_OK(oxws_connect(loop, tcp, config, &id));
    CHECK_OK(oxws_connect(loop, local, config, &id));
    CHECK_OK(oxws_connect(loop, "ws://-:9/", config, &id));
    run_again(argv[0]);
    oxws_config_free(config);
    CHECK_OK(oxws_loop_free(loop));
    return check_end();
}
