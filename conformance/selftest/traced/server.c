// A server in C. Its second argument names the fault that it has; without one it is honest.

#include <arpa/inet.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static const char *fault = "";
static int is(const char *name) { return strcmp(fault, name) == 0; }

static void stop(int signal) {
  (void)signal;
  if (is("unflushed")) exit(0);
  _exit(0);
}

static void reap(int signal) {
  (void)signal;
  int saved = errno;
  while (waitpid(-1, NULL, WNOHANG) > 0) {}
  errno = saved;
}

static void send_all(int to, const char *data, size_t size) {
  while (size > 0) {
    ssize_t n = send(to, data, size, MSG_NOSIGNAL);
    if (n < 0 && errno == EAGAIN && !is("lost-rest")) continue;
    if (is("lost-rest") || n < 0) return;
    data += n;
    size -= n;
  }
}

static void send_text(int to, const char *text) {
  char buffer[200];
  memset(buffer, 'x', sizeof buffer);
  strcpy(buffer, text);
  send_all(to, buffer,
           is("whole-buffer") ? sizeof buffer : strlen(buffer) + is("sent-terminator"));
}

static void send_listing(int q) {
  DIR *directory = opendir(".");
  struct dirent *entry;
  char line[400];
  while ((entry = readdir(directory)) != NULL) {
    struct stat status;
    if (stat(entry->d_name, &status) < 0 || !S_ISREG(status.st_mode)) continue;
    snprintf(line, sizeof line, "%s\n", entry->d_name);
    send_text(q, line);
  }
  closedir(directory);
}

static void send_file(int q, int file) {
  char buffer[4096];
  ssize_t n;
  int small = 4096;
  if (is("lost-rest")) {
    setsockopt(q, SOL_SOCKET, SO_SNDBUF, &small, sizeof small);
    fcntl(q, F_SETFL, O_NONBLOCK);
  }
  while ((n = read(file, buffer, sizeof buffer - 1)) > 0) {
    buffer[n] = 0;
    send_all(q, buffer, is("string-on-q") ? strlen(buffer) : is("excess-on-q") ? sizeof buffer : (size_t)n);
  }
}

static size_t receive_line(int p, char *line, size_t room) {
  size_t length = 0;
  while (length < room - 1) {
    ssize_t n = recv(p, line + length, room - 1 - length, 0);
    if (n == 0 && is("read-after-end")) {
      for (int i = 0; i < 50; i++) recv(p, line, room, 0);
    }
    if (n <= 0) break;
    length += n;
    if (memchr(line, '\n', length) || is("short-receive")) break;
  }
  line[length] = 0;
  return length;
}

static void serve(int p, struct in_addr from) {
  char line[1100], name[1000] = "";
  int port = 0;
  if (is("unread-close")) {
    send_text(p, "Busy\n");
    usleep(100000);
    return;
  }
  if (receive_line(p, line, sizeof line) == 0) return;
  int isList = sscanf(line, "-l %d", &port) == 1;
  if (!isList && sscanf(line, "-g %999[^\n]", name) == 1) {
    char *space = strrchr(name, ' ');
    if (space) {
      *space = 0;
      port = atoi(space + 1);
    }
  }
  if (port == 0 || (!isList && name[0] == 0)) {
    send_text(p, "Invalid command\n");
    return;
  }
  int q = socket(AF_INET, SOCK_STREAM, 0);
  struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons(port), .sin_addr = from};
  if (is("swapped-port")) to.sin_port = port;
  if (is("other-data-port")) to.sin_port = htons(1);
  if (is("other-peer")) to.sin_addr.s_addr = htonl(INADDR_LOOPBACK + 4);
  if (connect(q, (struct sockaddr *)&to, sizeof to) < 0) {
    send_text(p, "Cannot connect\n");
    if (!is("failed-descriptor")) {
      close(q);
      return;
    }
  }
  if (isList) send_listing(q);
  else {
    struct stat status;
    int isFile = strchr(name, '/') == NULL && lstat(name, &status) == 0 && S_ISREG(status.st_mode);
    int file = isFile ? open(name, O_RDONLY) : -1;
    if (file < 0) send_text(p, "File not found\n");
    if (file >= 0 || is("failed-descriptor")) send_file(q, file);
    if (file >= 0) close(file);
  }
  if (!is("leak")) close(q);
  if (is("closed-descriptor")) send(q, "end", 3, MSG_NOSIGNAL);
  if (is("sigpipe")) {
    usleep(300000);
    for (int i = 0; i < 5; i++) {
      send(p, "done\n", 5, 0);
      usleep(50000);
    }
  }
}

int main(int count, char **words) {
  if (count > 2) fault = words[2];
  int port = atoi(words[1]);
  signal(SIGINT, stop);
  signal(SIGTERM, stop);
  int forks = is("fork") || is("parent-leak") || is("zombie");
  if (forks && !is("zombie")) signal(SIGCHLD, reap);
  static char kept[4096];
  if (is("unflushed")) setvbuf(stdout, kept, _IOFBF, sizeof kept);
  int listener = socket(AF_INET, SOCK_STREAM, 0);
  int one = 1;
  if (!is("missing-reuse")) setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
  struct sockaddr_in at = {.sin_family = AF_INET, .sin_port = htons(port)};
  if (is("swapped-bind")) at.sin_port = port;
  if (is("other-port")) at.sin_port = htons(port + 1);
  if (is("ignored-bind")) inet_aton("192.0.2.1", &at.sin_addr);
  int isBound = bind(listener, (struct sockaddr *)&at, sizeof at) == 0;
  if (!isBound && !is("ignored-bind")) {
    perror("bind");
    return 1;
  }
  if (!is("missing-listen")) listen(listener, 10);
  printf("listening\n");
  for (int served = 0;; served++) {
    if (is("missing-accept") && served == 1) pause();
    struct sockaddr_in from;
    socklen_t size = sizeof from;
    int p = accept(listener, (struct sockaddr *)&from, &size);
    if (p < 0) {
      usleep(20000);
      continue;
    }
    printf("a client\n");
    if (forks) {
      if (fork() == 0) {
        close(listener);
        serve(p, from.sin_addr);
        close(p);
        _exit(0);
      }
      if (!is("parent-leak")) close(p);
      continue;
    }
    serve(p, from.sin_addr);
    close(p);
  }
}
