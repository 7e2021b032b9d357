#include "cli/node/child.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstring>
#include <fstream>
#include <thread>

namespace tollgate::cli {

using Clock = std::chrono::steady_clock;

Child& Child::operator=(Child&& other) noexcept {
  if (this != &other) {
    kill_now();
    if (out_ >= 0) close(out_);
    pid_ = other.pid_, out_ = other.out_;
    other.pid_ = 0, other.out_ = -1;
  }
  return *this;
}

Child::~Child() {
  kill_now();
  if (out_ >= 0) close(out_);
}

Result<Child> Child::start(std::vector<std::string> words, const std::string& log) {
  int ends[2];
  if (pipe2(ends, O_CLOEXEC) != 0) return Error{"process", fmt::format("no pipe: {}", std::strerror(errno))};
  std::vector<char*> argv;
  for (std::string& word : words) argv.push_back(word.data());
  argv.push_back(nullptr);
  pid_t parent = getpid();
  pid_t pid = fork();
  if (pid < 0) return Error{"process", fmt::format("cannot start a process: {}", std::strerror(errno))};
  if (pid == 0) {
    prctl(PR_SET_PDEATHSIG, SIGKILL);  // a demonstration that dies leaves nothing behind
    if (getppid() != parent) _exit(127);
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, nullptr);
    dup2(ends[1], STDOUT_FILENO);
    int err = open(log.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    if (err >= 0) dup2(err, STDERR_FILENO);
    execv("/proc/self/exe", argv.data());
    _exit(127);
  }
  close(ends[1]);
  Child child;
  child.pid_ = pid;
  child.out_ = ends[0];
  return child;
}

Result<std::string> Child::wait_for_line(const std::string& prefix, int timeout_ms) {
  auto until = Clock::now() + std::chrono::milliseconds(timeout_ms);
  std::string line;
  while (Clock::now() < until) {
    pollfd p{out_, POLLIN, 0};
    int left = static_cast<int>(std::chrono::duration_cast<std::chrono::milliseconds>(until - Clock::now()).count());
    if (poll(&p, 1, left > 0 ? left : 0) <= 0) break;
    char c;
    ssize_t n = read(out_, &c, 1);
    if (n <= 0) return Error{"process", "the process ended before it was ready"};
    if (c != '\n') {
      line += c;
    } else if (line.starts_with(prefix)) {
      return line.substr(prefix.size());
    } else {
      line.clear();
    }
  }
  return Error{"process", fmt::format("the process was not ready within {} ms", timeout_ms)};
}

bool Child::running() {
  if (pid_ == 0) return false;
  if (waitpid(pid_, nullptr, WNOHANG) == 0) return true;
  pid_ = 0;
  return false;
}

void Child::kill_now() {
  if (pid_ == 0) return;
  kill(pid_, SIGKILL);
  waitpid(pid_, nullptr, 0);
  pid_ = 0;
}

int Child::stop(int timeout_ms) {
  if (pid_ == 0) return 0;
  kill(pid_, SIGTERM);
  auto until = Clock::now() + std::chrono::milliseconds(timeout_ms);
  while (Clock::now() < until) {
    int status = 0;
    if (waitpid(pid_, &status, WNOHANG) != 0) {
      pid_ = 0;
      return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }
  kill_now();
  return -1;
}

long Child::peak_kib() const {
  std::ifstream status(fmt::format("/proc/{}/status", pid_));
  for (std::string line; std::getline(status, line);)
    if (line.starts_with("VmHWM:")) return std::atol(line.c_str() + 6);
  return 0;
}

}  // namespace tollgate::cli
