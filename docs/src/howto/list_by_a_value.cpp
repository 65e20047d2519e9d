// SPDX-License-Identifier: BSL-1.0
//
// A read model with a state for each value of a member: the orders that wait for each article.
#include <quipu.hpp>

#include <cstdint>
#include <iostream>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

struct ordered {
  static constexpr auto kind = quipu::event_kind::custom(1, 1);
  std::vector<std::string> articles;
};
struct shipped {
  static constexpr auto kind = quipu::event_kind::custom(1, 2);
  std::string article;
};
struct discontinued {
  static constexpr auto kind = quipu::event_kind::custom(1, 3);
  std::string article;
};

// [state]
struct demand {  // of one article
  using events = quipu::event_list<ordered, shipped, discontinued>;
  std::int64_t open{};
  void apply(const ordered&) { ++open; }
  void apply(const shipped&) { --open; }
  void apply(const discontinued&) {}
  static constexpr bool ends(const discontinued&) { return true; }  // the article is gone
};
// [/state]

// [key]
struct article_of {
  const std::vector<std::string>& operator()(const ordered& event) const { return event.articles; }
  const std::string& operator()(const shipped& event) const { return event.article; }
  const std::string& operator()(const discontinued& event) const { return event.article; }
};
// [/key]

int main() {
  quipu::store store{quipu::config{.directory = "warehouse"}};
  // [model]
  auto demands = store.read_model_by<demand>("demand", quipu::region::scope("shop"), article_of{},
                                             {.current = true});
  // [/model]
  store.append({"order:1", "shop"}, ordered{{"lamp", "candle"}});
  store.append({"order:2", "shop"}, ordered{{"lamp", "lamp"}});
  store.append({"order:1", "shop"}, shipped{"candle"});
  // [find]
  if (const auto lamps = demands.find("lamp"))
    std::cout << lamps->open << " orders wait for lamps\n";
  demands.for_each([](std::string_view article, const demand& of) {
    std::cout << article << ": " << of.open << '\n';
  });
  // [/find]
  // [end]
  store.append({"article:candle", "shop"}, discontinued{"candle"});
  std::cout << demands.size() << " article\n";
  store.append({"order:3", "shop"}, ordered{{"candle"}});  // it begins anew
  std::cout << demands.find("candle")->open << " order waits for candles\n";
  // [/end]
}
