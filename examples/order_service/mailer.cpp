// SPDX-License-Identifier: BSL-1.0
//
// mailer.cpp: see mailer.hpp.
#include "mailer.hpp"

#include "read_models.hpp"
#include "service.hpp"

#include <chrono>
#include <optional>
#include <stdexcept>

namespace shop {

void mail_server::send(const quipu::event_id& key, const std::string& address, const std::string& text) {
  if (address.find('@') == std::string::npos) throw std::runtime_error{"\"" + address + "\" is no address"};
  const std::lock_guard lock{mutex_};
  mails_.emplace(key, address + ": " + text);  // nothing new for a key that is there
}

std::vector<std::string> mail_server::sent() const {
  const std::lock_guard lock{mutex_};
  std::vector<std::string> all;
  for (const auto& [key, mail] : mails_) all.push_back(mail);
  return all;
}

quipu::worker confirm_orders(quipu::store& store, mail_server& server) {
  const auto confirm = [&store, &server](const quipu::event_view& event) {
    const auto placed = event.as<order_placed>();
    const std::optional<customer> who = store.project<customer>(customer_at(placed.customer).entity());
    if (!who) throw std::runtime_error{"there is no customer " + placed.customer};
    server.send(event.id(), who->email, "thank you for your order of " + placed.product);
  };
  return store.cursor_worker("mailer", quipu::region::all().with_events<order_placed>(), confirm,
                             {.poison = quipu::poison_policy::retry(2, std::chrono::milliseconds{10}).then_park()});
}

}  // namespace shop
