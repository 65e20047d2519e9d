// SPDX-License-Identifier: BSL-1.0
#include <quipu.hpp>

#include <cstdint>
#include <iostream>
#include <string>

struct paid {
  static constexpr auto kind = quipu::event_kind::custom(1, 1);
  std::int64_t cents{};
};

// [append]
/// May be called again with the same request, after any failure.
quipu::receipt pay(quipu::store& store, const std::string& request,
                   std::int64_t cents) {
  const auto key = quipu::event_id::from_name("payment/" + request);
  return store.append({"account:alice", "web"}, paid{cents}, {.idempotency_key = key});
}
// [/append]

int main() {
  const quipu::config settings{.directory = "bank"};
  // [retry]
  quipu::receipt first;
  {
    quipu::store store{settings};
    first = pay(store, "request-4711", 500);
  }  // the program ends before it has answered the client, who asks again

  quipu::store store{settings};
  const quipu::receipt second = pay(store, "request-4711", 500);
  std::cout << (second == first ? "the same receipt" : "another receipt") << ", "
            << store.count(quipu::region::entity("account:alice")) << " event\n";
  // [/retry]
  // [lookup]
  const auto was_paid = [&store](const std::string& request) {
    return store.find_by_key(quipu::event_id::from_name("payment/" + request)).has_value();
  };
  std::cout << "4711 " << (was_paid("request-4711") ? "is paid" : "is not paid") << ", 4712 "
            << (was_paid("request-4712") ? "is paid" : "is not paid") << '\n';
  // [/lookup]

  // [mismatch]
  try {
    pay(store, "request-4711", 900);
  } catch (const quipu::error& refused) {
    std::cout << quipu::name_of(refused.code()) << '\n';
  }
  // [/mismatch]
}
