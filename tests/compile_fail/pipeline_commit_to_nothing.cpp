// SPDX-License-Identifier: BSL-1.0
//
// A permit that is committed to something that takes no events.
// expect: commit_needs_a_store_that_appends_this_event_or_a_batch_to_add_it_to<ledger, withdrawn>
// max-errors: 1
#ifdef QUIPU_TEST_SINGLE_HEADER
#include <quipu.hpp>
#else
#include <quipu/journal/append_options.hpp>
#include <quipu/guard/pipeline.hpp>
#endif

struct teller {
  int limit{};
};
struct withdrawn {
  int cents{};
};
struct limit_gate {
  static constexpr std::string_view name = "limit";
  std::optional<quipu::denial> operator()(const teller& t, const withdrawn& w) const {
    if (w.cents > t.limit) return quipu::denial{name, "over the limit"};
    return std::nullopt;
  }
};

struct ledger {
#ifdef ACCEPT
  int append(const quipu::coordinate&, const withdrawn& w, const quipu::append_options&) { return w.cents; }
#else
  int append(const withdrawn& w) { return w.cents; }
#endif
};

int main() {
  const quipu::pipeline checked{quipu::gate_set{limit_gate{}}};
  ledger book;
  checked.commit(checked.evaluate(teller{1}, quipu::proposal{withdrawn{1}}).permit(), book, {"account:alice", "zurich"});
}
