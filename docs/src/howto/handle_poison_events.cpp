// SPDX-License-Identifier: BSL-1.0
#include <quipu.hpp>

#include <atomic>
#include <chrono>
#include <iostream>
#include <stdexcept>
#include <string>

using namespace std::chrono_literals;

struct ordered {
  static constexpr auto kind = quipu::event_kind::custom(5, 1);
  std::string email{};
};

std::atomic<bool> accepts_umlauts{false};
std::atomic<int> sent{0};

void send_mail(const std::string& to) {  // throws if it can't
  if (to.empty()) throw std::runtime_error{"no address"};
  if (to.find("ü") != std::string::npos && !accepts_umlauts)
    throw std::runtime_error{"the server refuses " + to};
  ++sent;
}

int main() {
  quipu::store store{quipu::config{.directory = "shop"}};
  for (const char* const email :
       {"ada@example.org", "jürg@example.org", "", "bob@example.org"})
    store.append({"order:1", "web"}, ordered{email});

  // [worker]
  auto mailer = store.cursor_worker(
      "mailer", quipu::region::all().with_events<ordered>(),
      [](const quipu::event_view& event) { send_mail(event.as<ordered>().email); },
      // Three attempts in all, then on to the next event.
      {.poison = quipu::poison_policy::retry(2, 10ms).then_park()});
  // [/worker]
  if (!mailer.wait_caught_up_for(1min)) std::cout << "the mails take long\n";

  // [look]
  std::cout << sent << " sent\n";
  for (const quipu::parked_event& each : mailer.parked())
    std::cout << "event " << each.sequence << " after " << each.attempts
              << " attempts: " << each.error << '\n';
  // [/look]

  // [again]
  accepts_umlauts = true;  // the fault is mended: once more
  std::cout << mailer.retry_parked() << " handled now, " << mailer.parked().size()
            << " left\n";

  for (const quipu::parked_event& each : mailer.parked())
    mailer.give_up_parked(each.id);
  std::cout << sent << " sent, " << mailer.parked().size() << " left\n";
  // [/again]
  mailer.stop();
  mailer.join();
}
