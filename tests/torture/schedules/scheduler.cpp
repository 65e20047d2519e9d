// SPDX-License-Identifier: BSL-1.0
//
// scheduler.cpp: see scheduler.hpp. What is called from here must not lock, so that it doesn't come back.
#include "scheduler.hpp"

#include "../../journal/simulated_machine.hpp"

#include <dlfcn.h>
#include <pthread.h>
#include <semaphore.h>
#include <time.h>

#include <algorithm>
#include <cerrno>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

namespace schedules {
namespace {

constexpr std::int64_t nanoseconds = 1'000'000'000;
constexpr std::int64_t beginning = 1'800'000'000 * nanoseconds;
constexpr std::int64_t patience = 60 * nanoseconds;
constexpr std::int64_t never = INT64_MAX;
constexpr std::uint64_t decisions_max = 200'000;

/// The function that a definition of this program hides.
template <class Function>
Function* hidden(Function*, const char* name) {
  return reinterpret_cast<Function*>(::dlsym(RTLD_NEXT, name));
}

/// A thread of the scenario. It runs when its turn is posted.
struct thread {
  thread() { ::sem_init(&turn, 0, 0); }
  ~thread() { ::sem_destroy(&turn); }
  thread(const thread&) = delete;
  thread& operator=(const thread&) = delete;

  std::function<void()> body{};
  pthread_t handle{};
  sem_t turn{};
  const void* waits_for{};    // a lock, a condition, or another thread; null: can run
  std::int64_t until{never};  // the end of the wait
  bool is_late{};             // the last wait ended by time
  bool has_ended{};
  bool is_alone{};
  std::int64_t priority{};
};

thread_local thread* self = nullptr;

/// The only one at a time. Its members are used by the thread whose turn it is.
class schedule {
 public:
  explicit schedule(std::uint64_t seed) : random_{seed} {
    ::sem_init(&over_, 0, 0);
    is_random_ = random_.below(2) == 0;
    const std::size_t length = std::size_t{32} << random_.below(8);
    for (std::size_t count = random_.below(4); count != 0; --count) changes_.push_back(random_.below(length));
  }
  ~schedule() { ::sem_destroy(&over_); }
  schedule(const schedule&) = delete;
  schedule& operator=(const schedule&) = delete;

  thread& add(std::function<void()> body) {
    thread& made = *threads_.emplace_back(std::make_unique<thread>());
    made.body = std::move(body);
    made.priority = static_cast<std::int64_t>(random_.below(1'000'000)) + 1'000'000;
    return made;
  }
  void begin(thread& first) {
    ::sem_post(&first.turn);
    while (::sem_wait(&over_) != 0) continue;
  }
  [[nodiscard]] const result& found() const noexcept { return found_; }
  [[nodiscard]] bool has_failed() const noexcept { return !found_.problem.empty(); }
  [[nodiscard]] std::int64_t now() noexcept { return now_ += 1000; }

  /// Lets the scheduler decide who goes on.
  void pass() {
    thread& me = *self;
    if (me.is_alone) return;
    const auto change = std::find(changes_.begin(), changes_.end(), found_.decisions);
    if (change != changes_.end()) me.priority = change - changes_.begin();
    go_on_with(next(), me);
  }
  /// As long as others can run, they do.
  void give_way() {
    self->priority = --lowest_;
    pass();
  }
  /// Returns false if the wait ended by time.
  bool wait(const void* what, std::int64_t until = never) {
    thread& me = *self;
    me.waits_for = what;
    me.until = until;
    go_on_with(next(), me);
    return !std::exchange(me.is_late, false);
  }
  void wake_all(const void* what) {
    for (const auto& each : threads_)
      if (each->waits_for == what) wake(*each);
  }
  void wake_one(const void* what) {
    std::vector<thread*> waiting;
    for (const auto& each : threads_)
      if (each->waits_for == what) waiting.push_back(each.get());
    if (!waiting.empty()) wake(*waiting[random_.below(waiting.size())]);
  }

  void lock(const void* what) {
    pass();
    take(what);
  }
  bool try_lock(const void* what) {
    pass();
    return owners_.try_emplace(what, self).second;
  }
  void unlock(const void* what) {
    release(what);
    pass();
  }
  /// Returns false if the wait ended by time.
  bool wait_unlocked(const void* what, const void* lock, std::int64_t until) {
    release(lock);
    const bool in_time = wait(what, until);
    take(lock);
    return in_time;
  }

  void wait_for_end(pthread_t which) {
    const auto found = std::find_if(threads_.rbegin(), threads_.rend(), [which](const auto& each) {
      return ::pthread_equal(each->handle, which) != 0;  // the last one: handles are used again
    });
    while (found != threads_.rend() && !(*found)->has_ended) wait(&(*found)->has_ended);
  }
  void end_of_self() {
    thread& me = *std::exchange(self, nullptr);
    me.has_ended = true;
    me.waits_for = &me;  // for nothing that comes
    wake_all(&me.has_ended);
    if (std::all_of(threads_.begin(), threads_.end(), [](const auto& each) { return each->has_ended; }))
      ::sem_post(&over_);
    else if (thread* const chosen = next())
      ::sem_post(&chosen->turn);
  }

 private:
  static void wake(thread& which) noexcept {
    which.waits_for = nullptr;
    which.until = never;
  }
  void take(const void* what) {
    while (!owners_.try_emplace(what, self).second) wait(what);
  }
  void release(const void* what) {
    owners_.erase(what);
    wake_all(what);
  }

  /// Who goes on; null if it's over because of a problem.
  thread* next() {
    if (has_failed()) return nullptr;
    now_ += 1000;
    if (++found_.decisions > decisions_max) return fail("the threads don't come to an end");
    std::vector<thread*> ready;
    for (;;) {
      for (const auto& each : threads_)
        if (each->waits_for == nullptr) ready.push_back(each.get());
      if (!ready.empty()) break;
      if (!let_time_pass()) return nullptr;
    }
    thread* chosen = is_random_ ? ready[random_.below(ready.size())]
                                : *std::max_element(ready.begin(), ready.end(), [](const thread* a, const thread* b) {
                                    return a->priority < b->priority;
                                  });
    for (std::size_t at = 0; at < threads_.size(); ++at)
      if (threads_[at].get() == chosen) found_.order = (found_.order ^ at) * 0x100000001B3U;
    return chosen;
  }
  bool let_time_pass() {
    const auto first = std::min_element(threads_.begin(), threads_.end(),
                                        [](const auto& a, const auto& b) { return a->until < b->until; });
    if ((*first)->until == never) return fail("all threads wait for each other") != nullptr;
    if ((*first)->until > beginning + patience)
      return fail("all threads wait, one of them for a time that is over late") != nullptr;
    now_ = std::max(now_, (*first)->until);
    wake(**first);
    (*first)->is_late = true;
    return true;
  }
  thread* fail(const char* what) {
    found_.problem = what;
    ::sem_post(&over_);
    return nullptr;
  }
  void go_on_with(thread* chosen, thread& me) {
    if (chosen == &me) return;
    if (chosen != nullptr) ::sem_post(&chosen->turn);
    while (::sem_wait(&me.turn) != 0) continue;  // for ever, after a problem
  }

  simulation::seeded random_;
  sem_t over_{};
  std::vector<std::unique_ptr<thread>> threads_{};
  std::unordered_map<const void*, thread*> owners_{};
  std::vector<std::size_t> changes_{};
  bool is_random_{};
  std::int64_t now_{beginning};
  std::int64_t lowest_{};
  result found_{};
};

schedule* current = nullptr;

void* run_thread(void* given) {
  self = static_cast<thread*>(given);
  while (::sem_wait(&self->turn) != 0) continue;
  self->body();
  current->end_of_self();
  return nullptr;
}

std::int64_t time_of(const timespec& at) {
  return at.tv_sec >= never / nanoseconds ? never : at.tv_sec * nanoseconds + at.tv_nsec;
}

int start(thread& which, const pthread_attr_t* attributes) {
  static const auto real = hidden(&::pthread_create, "pthread_create");
  return real(&which.handle, attributes, run_thread, &which);
}

}  // namespace

alone::alone() { self->is_alone = true; }
alone::~alone() { self->is_alone = false; }

result run(std::uint64_t seed, const std::function<void()>& body) {
  auto made = std::make_unique<schedule>(seed);
  current = made.get();
  thread& first = made->add(body);
  if (const int problem = start(first, nullptr); problem != 0) return {"a thread can't be started", 0, 0};
  made->begin(first);
  const result found = made->found();
  if (made->has_failed())
    static_cast<void>(made.release());  // its threads use it
  else
    ::pthread_join(first.handle, nullptr);
  return found;
}

}  // namespace schedules

// What the program and the libraries that it is linked with call instead of the C library's functions.
using schedules::current;
using schedules::self;

extern "C" {

int pthread_mutex_lock(pthread_mutex_t* which) noexcept {
  static const auto real = schedules::hidden(&::pthread_mutex_lock, "pthread_mutex_lock");
  if (self == nullptr) return real(which);
  current->lock(which);
  return 0;
}

int pthread_mutex_trylock(pthread_mutex_t* which) noexcept {
  static const auto real = schedules::hidden(&::pthread_mutex_trylock, "pthread_mutex_trylock");
  if (self == nullptr) return real(which);
  return current->try_lock(which) ? 0 : EBUSY;
}

int pthread_mutex_unlock(pthread_mutex_t* which) noexcept {
  static const auto real = schedules::hidden(&::pthread_mutex_unlock, "pthread_mutex_unlock");
  if (self == nullptr) return real(which);
  current->unlock(which);
  return 0;
}

int pthread_cond_wait(pthread_cond_t* which, pthread_mutex_t* lock) {
  static const auto real = schedules::hidden(&::pthread_cond_wait, "pthread_cond_wait");
  if (self == nullptr) return real(which, lock);
  current->wait_unlocked(which, lock, schedules::never);
  return 0;
}

int pthread_cond_clockwait(pthread_cond_t* which, pthread_mutex_t* lock, clockid_t clock, const timespec* until) {
  static const auto real = schedules::hidden(&::pthread_cond_clockwait, "pthread_cond_clockwait");
  if (self == nullptr) return real(which, lock, clock, until);
  return current->wait_unlocked(which, lock, schedules::time_of(*until)) ? 0 : ETIMEDOUT;
}

int pthread_cond_timedwait(pthread_cond_t* which, pthread_mutex_t* lock, const timespec* until) {
  static const auto real = schedules::hidden(&::pthread_cond_timedwait, "pthread_cond_timedwait");
  if (self == nullptr) return real(which, lock, until);
  return current->wait_unlocked(which, lock, schedules::time_of(*until)) ? 0 : ETIMEDOUT;
}

int pthread_cond_signal(pthread_cond_t* which) noexcept {
  static const auto real = schedules::hidden(&::pthread_cond_signal, "pthread_cond_signal");
  if (self == nullptr) return real(which);
  current->wake_one(which);
  current->pass();
  return 0;
}

int pthread_cond_broadcast(pthread_cond_t* which) noexcept {
  static const auto real = schedules::hidden(&::pthread_cond_broadcast, "pthread_cond_broadcast");
  if (self == nullptr) return real(which);
  current->wake_all(which);
  current->pass();
  return 0;
}

int pthread_create(pthread_t* made, const pthread_attr_t* attributes, void* (*function)(void*), void* argument) {
  static const auto real = schedules::hidden(&::pthread_create, "pthread_create");
  if (self == nullptr) return real(made, attributes, function, argument);
  schedules::thread& added = current->add([function, argument] { function(argument); });
  const int problem = schedules::start(added, attributes);
  *made = added.handle;
  current->pass();
  return problem;
}

int pthread_join(pthread_t which, void** value) {
  static const auto real = schedules::hidden(&::pthread_join, "pthread_join");
  if (self != nullptr) current->wait_for_end(which);
  return real(which, value);
}

int clock_gettime(clockid_t clock, timespec* now) noexcept {
  static const auto real = schedules::hidden(&::clock_gettime, "clock_gettime");
  if (self == nullptr) return real(clock, now);
  const std::int64_t time = current->now();
  *now = {time / schedules::nanoseconds, time % schedules::nanoseconds};
  return 0;
}

int nanosleep(const timespec* time, timespec* rest) {
  static const auto real = schedules::hidden(&::nanosleep, "nanosleep");
  if (self == nullptr) return real(time, rest);
  current->wait(self, current->now() + schedules::time_of(*time));
  return 0;
}

int sched_yield() noexcept {
  static const auto real = schedules::hidden(&::sched_yield, "sched_yield");
  if (self == nullptr) return real();
  current->give_way();
  return 0;
}

}  // extern "C"
