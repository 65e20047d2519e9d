// SPDX-License-Identifier: BSL-1.0
#include <quipu.hpp>

#include <iostream>
#include <string>
#include <string_view>

struct registered {
  static constexpr auto kind = quipu::event_kind::custom(1, 1);
  std::string email{};
};

// [claim]
// The value is an entity of its own. The first claim in its stream holds it.
struct claimed {
  static constexpr auto kind = quipu::event_kind::custom(1, 2);
  std::string holder{};
};
struct released {
  static constexpr auto kind = quipu::event_kind::custom(1, 3);
};
struct claim {
  using events = quipu::event_list<claimed, released>;
  std::string holder{};  // empty: the value is free
  void apply(const claimed& event) { holder = event.holder; }
  void apply(const released&) { holder.clear(); }
};

struct email_tag {
  static constexpr std::string_view prefix = "email";
};
using email_id = quipu::entity_id<email_tag>;  // a hash: entity names can't be erased
// [/claim]

// [register]
bool register_user(quipu::store& store, const std::string& user,
                   const std::string& email) {
  const std::string slot = email_id::from_name(email).str();
  const auto now = store.project_with_version<claim>(slot);
  if (!now.state.holder.empty()) return false;

  quipu::batch both;
  both.add({slot, "users"}, claimed{user}, {.expected = now.version()});
  both.add({user, "users"}, registered{email},
           {.expected = quipu::expected_version::no_stream()});
  try {
    store.append(both);
    return true;
  } catch (const quipu::conflict_error&) {  // someone was faster: nothing was appended
    return false;
  }
}
// [/register]

int main() {
  auto store = quipu::in_memory_store();
  const auto attempt = [&store](const std::string& user, const std::string& email) {
    std::cout << user << " wants " << email << ": "
              << (register_user(store, user, email) ? "done" : "taken") << '\n';
  };
  attempt("user:1", "ada@example.org");
  attempt("user:2", "ada@example.org");
  attempt("user:2", "bob@example.org");

  // [release]
  store.append({email_id::from_name("ada@example.org").str(), "users"}, released{});
  // [/release]
  attempt("user:3", "ada@example.org");
  std::cout << store.count(quipu::region::all().with_events<registered>())
            << " users\n";
}
