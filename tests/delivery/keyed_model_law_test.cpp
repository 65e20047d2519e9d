// SPDX-License-Identifier: BSL-1.0
//
// keyed_model_law_test.cpp: whatever is appended, compacted, saved, taken up again and rebuilt, in whatever order, a
// read model by key has the states that its definition says.
#include "../laws/property.hpp"
#include "keyed_model_fixture.hpp"

#include <catch2/catch.hpp>

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

using namespace keyed_tests;

namespace {

using quipu::compaction;
using model_type = quipu::keyed_read_model<stock, article_of>;

std::vector<std::string> some_articles() {
  std::vector<std::string> names;
  for (int number = 0; number < 12; ++number) names.push_back("article " + std::to_string(number));
  return names;
}

/// A store and a model of it, which both have several lives.
class world {
 public:
  explicit world(laws::choices& chosen) : choices_{chosen} { open(); }

  /// One random step. Whether the model then is what it must be.
  [[nodiscard]] bool step() {
    switch (choices_.below(14)) {
      case 0:
        reopen_model();
        break;
      case 1:
        model_.reset();
        store_.reset();
        open();
        break;
      case 2:
        compact();
        break;
      case 3:
        model_->rebuild();
        break;
      default:
        append();
    }
    return is_right();
  }

 private:
  void open() {
    store_.emplace(settings_in(disk_, small_segments("d")));
    open_model();
  }
  void open_model() {
    model_.emplace(store_->read_model_by<stock>("m", wanted_, article_of{},
                                                {.save_every_events = 1 + choices_.below(6), .current = true}));
  }
  void reopen_model() {
    model_.reset();
    open_model();
  }

  [[nodiscard]] const std::string& article() { return articles_[choices_.below(articles_.size())]; }
  void append() {
    const quipu::coordinate where{"till:" + std::to_string(choices_.below(3)),
                                  choices_.below(8) == 0 ? "street" : "shop"};
    const auto amount = static_cast<std::int64_t>(choices_.below(100));
    switch (choices_.below(5)) {
      case 0: {
        ordered event{{}, amount};
        for (std::uint64_t count = choices_.below(4); count != 0; --count) event.articles.push_back(article());
        store_->append(where, event);
        break;
      }
      case 1:
        store_->append(where, counted_in{std::nullopt, amount});
        break;
      case 2:
        store_->append(where, discontinued{article(), choices_.below(2) == 0});
        break;
      default:
        store_->append(where, counted_in{article(), amount});
    }
  }

  void compact() {
    const std::uint64_t keeps = 2 + choices_.below(3);
    const auto keep = [keeps](const event_view& event) { return event.sequence() % 5 < keeps; };
    static_cast<void>(store_->compact(choices_.below(2) == 0 ? compaction::retain(keep) : compaction::tombstone(keep)));
    model_->rebuild();  // as it would by itself, within a second
  }

  [[nodiscard]] bool is_right() {
    const stocks expected = expected_of(*store_, wanted_, articles_);
    return found_in(*model_) == expected && model_->size() == expected.size() && model_->failure().empty() &&
           model_->saving_failure().empty();
  }

  laws::choices& choices_;
  const std::vector<std::string> articles_ = some_articles();
  const region wanted_ = region::scope("shop");
  memory_world disk_;
  std::optional<quipu::store> store_;
  std::optional<model_type> model_;
};

}  // namespace

TEST_CASE("a model by key is the fold of each key's events, whatever happens to log and model",
          "[delivery][keyed][law]") {
  const auto holds = laws::for_all(20261127, 60, [](laws::choices& chosen) {
    world tried{chosen};
    for (int step = 0; step < 50; ++step)
      if (!tried.step()) return false;
    return true;
  });
  INFO(holds.str());
  CHECK(holds.holds);
}
