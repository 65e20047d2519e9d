// SPDX-License-Identifier: BSL-1.0
//
// ls.cpp: `quipu ls`: the entities of a store.
#include "commands.hpp"
#include "source.hpp"
#include "table.hpp"
#include "text.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace quipu::tool {
namespace {

bool has_more_events(const entity_info& left, const entity_info& right) {
  return left.events != right.events ? left.events > right.events : left.name < right.name;
}
bool is_named_before(const entity_info& left, const entity_info& right) { return left.name < right.name; }

/// Keeps the first `limit` entities by `before`, in a heap, so that memory holds no more.
class first_entities {
 public:
  using order = bool (*)(const entity_info&, const entity_info&);
  first_entities(std::size_t limit, order before) : limit_{limit}, before_{before} {}

  void add(const entity_info& entity) {
    if (kept_.size() == limit_ && (limit_ == 0 || !before_(entity, kept_.front()))) return;
    kept_.push_back(entity);
    std::push_heap(kept_.begin(), kept_.end(), before_);
    if (kept_.size() <= limit_) return;
    std::pop_heap(kept_.begin(), kept_.end(), before_);
    kept_.pop_back();
  }
  std::vector<entity_info> sorted() {
    std::sort_heap(kept_.begin(), kept_.end(), before_);
    return std::move(kept_);
  }

 private:
  std::size_t limit_;
  order before_;
  std::vector<entity_info> kept_;
};

}  // namespace

exit_code ls(context& of, const ls_options& options) {
  source from{of, options.store};
  const std::size_t limit = options.limit.value_or(static_cast<std::size_t>(-1));
  table rows{of.out, {{"EVENTS", align::right}, {"ENTITY", align::left, style::strong}}, table_kind::streaming};
  bool is_empty = true;
  const auto tell = [&](const entity_info& each) {
    is_empty = false;
    if (of.options.json)
      of.out.line(json_object{}.add("entity", each.name).add("events", each.events).str());
    else
      rows.row({grouped(each.events), printable(each.name)});
  };
  std::size_t count = 0;
  first_entities kept{limit, options.sort == "name" ? &is_named_before : &has_more_events};
  from.store().visit_entities([&](const entity_info& each) {
    if (!each.name.starts_with(options.prefix)) return true;
    if (!options.sort.empty()) {
      kept.add(each);
      return true;
    }
    if (count == limit) return false;
    tell(each);
    ++count;
    return true;
  });
  for (const entity_info& each : kept.sorted()) tell(each);
  rows.finish();
  if (is_empty && limit != 0)
    of.out.complain(options.prefix.empty()
                        ? "the store has no entities"
                        : fmt::format("no entity has a name that begins with {}", printable(options.prefix)));
  return of.code();
}

}  // namespace quipu::tool
