#include "cli/node/signals.h"

#include <sys/epoll.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include <csignal>

namespace tollgate::cli {

StopSignals::StopSignals(Loop& loop) : loop_(loop) {
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, SIGTERM);
  sigaddset(&set, SIGINT);
  sigprocmask(SIG_BLOCK, &set, nullptr);
  fd_ = signalfd(-1, &set, SFD_NONBLOCK | SFD_CLOEXEC);
  loop_.watch(fd_, EPOLLIN, this);
}

StopSignals::~StopSignals() {
  loop_.unwatch(fd_);
  close(fd_);
}

void StopSignals::on_ready(int fd, uint32_t) {
  signalfd_siginfo info;
  while (read(fd, &info, sizeof info) == sizeof info) loop_.stop();
}

}  // namespace tollgate::cli
