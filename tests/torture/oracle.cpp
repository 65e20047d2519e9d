// SPDX-License-Identifier: BSL-1.0
//
// oracle.cpp: see oracle.hpp.
#include "oracle.hpp"

#include <fcntl.h>
#include <poll.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstring>
#include <exception>
#include <iostream>
#include <stdexcept>
#include <system_error>
#include <utility>

namespace torture {

quipu::config real_store(const std::filesystem::path& folder) {
  quipu::config settings = small_store();
  settings.directory = folder / "ledger";
  return settings;
}

// ---- the program's side ----

void mouth::say(const message& what) const {
  const quipu::bytes body = quipu::encode(what);
  const auto size = static_cast<std::uint32_t>(body.size());
  std::string text(sizeof size, '\0');
  std::memcpy(text.data(), &size, sizeof size);
  text += quipu::bytes_view{body}.text();
  for (std::size_t done = 0; done < text.size();) {
    const ssize_t put = ::write(pipe_, text.data() + done, text.size() - done);
    if (put < 0 && errno != EINTR) throw std::system_error{errno, std::generic_category(), "speaking"};
    if (put > 0) done += static_cast<std::size_t>(put);
  }
}

void mouth::speak_for(writer& with, consumed& cursor, consumed& worker) const {
  with.tells = [self = *this](promise_step step, std::uint64_t events, const known_commit& commit) {
    self.say({.about = message::topic::promise,
              .step = static_cast<std::uint8_t>(step),
              .events = events,
              .commit = commit});
  };
  const auto tell_of = [self = *this](message::topic about) {
    return [self, about](const consumed& by) {
      self.say({.about = about, .attempted = by.attempted, .acknowledged = by.acknowledged});
    };
  };
  cursor.changed = tell_of(message::topic::cursor);
  worker.changed = tell_of(message::topic::worker);
}

// ---- the oracle ----

void oracle::hear(const message& said) {
  switch (said.about) {
    case message::topic::cursor:
      cursor_.attempted = said.attempted;
      cursor_.acknowledged = said.acknowledged;
      return;
    case message::topic::worker:
      worker_.attempted = said.attempted;
      worker_.acknowledged = said.acknowledged;
      return;
    case message::topic::problem:
      problem_ = said.problem;
      return;
    case message::topic::promise:
      break;
  }
  switch (static_cast<promise_step>(said.step)) {
    case promise_step::opened:
      return given_.settle(said.events);
    case promise_step::begun:
      if (!given_.doubtful) given_.doubtful = said.commit;
      return;
    case promise_step::acknowledged:
      given_.doubtful.reset();
      ++acknowledged_commits_;
      given_.acknowledged.push_back(said.commit);
      if (said.commit.durable) given_.all_durable();
      return;
    case promise_step::refused:
      given_.doubtful.reset();
      return;
    case promise_step::flushed:
      return given_.all_durable();
  }
}

void oracle::brief(writer& with, consumed& cursor, consumed& worker, std::uint64_t first_number) const {
  with.given = given_;
  with.next_number = first_number;
  cursor = cursor_;
  worker = worker_;
}

template <class Store>
std::string oracle::problem_in(Store& opened) const {
  if (std::string problem = broken_promise(opened, given_); !problem.empty()) return problem;
  static_cast<void>(opened.verify());
  return consumers_problem(opened, cursor_, worker_);
}

std::string oracle::problem_after_opening(const quipu::config& settings) {
  try {
    store opened{settings};
    std::string problem = problem_in(opened);
    given_.settle(opened.stats().events);
    return problem;
  } catch (const std::exception& failure) {
    return std::string{"opening failed: "} + failure.what();
  }
}

std::string oracle::problem_for_a_reader(const quipu::config& settings) const {
  try {
    quipu::read_only_store opened{settings};
    return problem_in(opened);
  } catch (const std::exception& failure) {
    return std::string{"reading failed: "} + failure.what();
  }
}

// ---- the process ----

speaking_process::speaking_process(const std::function<void(const mouth&)>& program) {
  int ends[2];
  if (::pipe2(ends, O_CLOEXEC) != 0) throw std::system_error{errno, std::generic_category(), "pipe"};
  std::cout.flush();
  child_ = ::fork();
  if (child_ < 0) throw std::system_error{errno, std::generic_category(), "fork"};
  if (child_ == 0) {
    ::close(ends[0]);
    const mouth speaks{ends[1]};
    try {
      program(speaks);
      ::_exit(0);
    } catch (const std::exception& failure) {
      speaks.say({.about = message::topic::problem, .problem = failure.what()});
      ::_exit(1);
    }
  }
  ::close(ends[1]);
  pipe_ = ends[0];
}

speaking_process::~speaking_process() {
  oracle nobody;
  if (child_ > 0) static_cast<void>(kill(nobody));
  ::close(pipe_);
}

bool speaking_process::receive(oracle& to) {
  char part[65536];
  const ssize_t got = ::read(pipe_, part, sizeof part);
  if (got <= 0) return got < 0 && errno == EINTR;
  heard_.append(part, static_cast<std::size_t>(got));
  std::size_t at = 0;
  for (std::uint32_t size = 0; heard_.size() - at >= sizeof size; at += sizeof size + size) {
    std::memcpy(&size, heard_.data() + at, sizeof size);
    if (heard_.size() - at - sizeof size < size) break;
    to.hear(quipu::decode<message>(std::string_view{heard_}.substr(at + sizeof size, size)));
  }
  heard_.erase(0, at);
  return true;
}

bool speaking_process::listen(oracle& to, std::chrono::microseconds at_most) {
  const auto end = std::chrono::steady_clock::now() + at_most;
  for (;;) {
    const auto left = std::chrono::duration_cast<std::chrono::nanoseconds>(end - std::chrono::steady_clock::now());
    if (left.count() <= 0) return false;
    const timespec wait_time{.tv_sec = left.count() / 1'000'000'000, .tv_nsec = left.count() % 1'000'000'000};
    pollfd watched{.fd = pipe_, .events = POLLIN, .revents = 0};
    if (::ppoll(&watched, 1, &wait_time, nullptr) > 0 && !receive(to)) return true;
  }
}

void speaking_process::begin_kill() const { ::kill(child_, SIGKILL); }

int speaking_process::kill(oracle& to) {
  begin_kill();
  while (receive(to)) continue;
  return wait();
}

int speaking_process::wait() {
  int status = 0;
  while (::waitpid(child_, &status, 0) < 0 && errno == EINTR) continue;
  child_ = -1;
  return WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
}

}  // namespace torture
