// SPDX-License-Identifier: BSL-1.0
//
// mailer.hpp: confirms orders by mail. A worker: it follows the log on a thread of its own, and a mail that can't be
// sent is parked, so that the others go out.
#pragma once

#include <quipu.hpp>

#include <map>
#include <mutex>
#include <string>
#include <vector>

namespace shop {

/// Stands for a mail server. It knows the mails that it was given before, by their keys. Thread-safe.
class mail_server {
 public:
  /// Throws `std::runtime_error` for an address that isn't one.
  void send(const quipu::event_id& key, const std::string& address, const std::string& text);
  /// What was sent, in the order of the events.
  [[nodiscard]] std::vector<std::string> sent() const;

 private:
  mutable std::mutex mutex_;
  std::map<quipu::event_id, std::string> mails_;
};

/// Mails a confirmation for each order that was placed. Both arguments must outlive the worker.
[[nodiscard]] quipu::worker confirm_orders(quipu::store& store, mail_server& server);

}  // namespace shop
