// A client in C. Its last argument may be `fault=NAME`, the fault that it has; without one it is honest.

#include <arpa/inet.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static const char *fault = "";
static int is(const char *name) { return strcmp(fault, name) == 0; }

static int listen_at(int port) {
  int listener = socket(AF_INET, SOCK_STREAM, 0);
  int one = 1;
  setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
  struct sockaddr_in at = {.sin_family = AF_INET, .sin_port = htons(port)};
  if (bind(listener, (struct sockaddr *)&at, sizeof at) < 0) {
    perror("bind");
    exit(1);
  }
  listen(listener, 1);
  return listener;
}

static void receive_file(int q, int out) {
  char buffer[4096];
  ssize_t n;
  while ((n = recv(q, buffer, sizeof buffer - 1, 0)) > 0) {
    buffer[n] = 0;
    size_t size = is("string-in-file") ? strlen(buffer) : is("excess-in-file") ? sizeof buffer : (size_t)n;
    if (write(out, buffer, size) < 0) return;
    if (is("short-receive")) break;
  }
}

int main(int count, char **words) {
  if (strncmp(words[count - 1], "fault=", 6) == 0) fault = words[--count] + 6;
  if (count < 5) return 2;
  const char *name = count > 5 ? words[4] : "";
  int port = atoi(words[count - 1]);
  if (name[0] && access(name, F_OK) == 0) {
    fprintf(stderr, "%s exists\n", name);
    return 1;
  }
  int isLate = is("late-listen");
  int listener = isLate ? -1 : listen_at(port);
  int p = socket(AF_INET, SOCK_STREAM, 0);
  struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons(atoi(words[2]))};
  inet_aton(words[1], &to.sin_addr);
  if (is("swapped-port")) to.sin_port = atoi(words[2]);
  if (connect(p, (struct sockaddr *)&to, sizeof to) < 0) {
    perror("connect");
    return 1;
  }
  char line[1200];
  int length = snprintf(line, sizeof line, "%s %s%s%d\n", words[3], name, name[0] ? " " : "", port);
  send(p, line, is("whole-buffer") ? sizeof line : (size_t)(length + is("sent-terminator")), MSG_NOSIGNAL);
  if (isLate) {
    usleep(400000);
    listener = listen_at(port);
  }
  struct pollfd both[2] = {{.fd = listener, .events = POLLIN}, {.fd = p, .events = POLLIN}};
  if (!is("blocked-accept") && poll(both, 2, 8000) <= 0) return 1;
  if (is("blocked-accept") || (both[0].revents & POLLIN)) {
    int q = accept(listener, NULL, NULL);
    int out = name[0] ? open(name, O_WRONLY | O_CREAT | O_EXCL, 0644) : 1;
    receive_file(q, out);
    if (name[0]) close(out);
    close(q);
  }
  char reply[500];
  ssize_t n;
  struct pollfd one = {.fd = p, .events = POLLIN};
  int status = 0;
  while (poll(&one, 1, 300) > 0 && (n = recv(p, reply, sizeof reply, 0)) > 0) {
    fwrite(reply, 1, n, stderr);
    status = 1;
  }
  close(p);
  if (status && name[0]) unlink(name);
  if (name[0] && !status) puts("transfer complete");
  return status;
}
