// SPDX-License-Identifier: BSL-1.0
//
// diff.cpp: `quipu diff`: what one store has and another, such as its copy, has not.
#include "commands.hpp"
#include "event_text.hpp"
#include "source.hpp"
#include "text.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace quipu::tool {
namespace {

/// Reads one store's events in pieces, so that two stores can be read side by side.
class event_stream {
 public:
  explicit event_stream(source& from) : from_{from}, end_{from.store().end_sequence()} { fill(); }

  /// The event under way; nothing at the end.
  [[nodiscard]] const event_view* now() const { return at_ < read_.size() ? &read_[at_] : nullptr; }
  void advance() {
    if (++at_ == read_.size()) fill();
  }

 private:
  static constexpr std::size_t piece = 1024;

  void fill() {
    read_.clear();
    at_ = 0;
    if (next_ >= end_) return;
    from_.walk(between(region::all(), next_, end_ - 1), [this](const event_view& event) {
      read_.push_back(event);
      return read_.size() < piece;
    });
    next_ = read_.size() < piece ? end_ : read_.back().sequence() + 1;
  }

  source& from_;
  std::uint64_t end_;
  std::uint64_t next_{};
  std::vector<event_view> read_;
  std::size_t at_{};
};

struct differences {
  std::uint64_t only_left{}, only_right{}, erased_left{}, erased_right{};
  std::optional<std::uint64_t> first{};     ///< sequence of the first difference
  std::optional<event_view> last_common{};  ///< before it
  std::uint64_t common_end{};               ///< the sequence after `last_common`
  std::vector<std::pair<char, event_view>> shown;

  [[nodiscard]] bool none() const { return only_left + only_right + erased_left + erased_right == 0; }
};

bool are_same(const event_view& left, const event_view& right) {
  if (left.id() != right.id() || left.hash() != right.hash() || left.entity() != right.entity()) return false;
  return left.erased().has_value() != right.erased().has_value() || left.payload() == right.payload();
}

class comparison {
 public:
  comparison(source& left, source& right, std::size_t limit) : left_{left}, right_{right}, limit_{limit} {}

  differences run(context& of, std::uint64_t total) {
    while (left_.now() != nullptr || right_.now() != nullptr) {
      step();
      if (++steps_ % 65536 == 0) of.out.show_progress("comparing", steps_, total);
    }
    of.out.clear_progress();
    return std::move(found_);
  }

 private:
  void step() {
    const event_view* const left = left_.now();
    const event_view* const right = right_.now();
    if (right == nullptr || (left != nullptr && left->sequence() < right->sequence())) return take(left_, '-');
    if (left == nullptr || right->sequence() < left->sequence()) return take(right_, '+');
    if (!are_same(*left, *right)) {
      take(left_, '-');
      take(right_, '+');
      return;
    }
    compare_erasure(*left, *right);
    if (!found_.first) found_.last_common = *left;
    left_.advance();
    right_.advance();
  }

  void compare_erasure(const event_view& left, const event_view& right) {
    const bool is_erased = left.erased().has_value();
    if (is_erased == right.erased().has_value()) return;
    ++(is_erased ? found_.erased_left : found_.erased_right);
    show(is_erased ? '<' : '>', is_erased ? right : left);
  }

  void take(event_stream& from, char side) {
    ++(side == '-' ? found_.only_left : found_.only_right);
    show(side, *from.now());
    from.advance();
  }

  void show(char side, const event_view& event) {
    if (!found_.first) found_.first = event.sequence();
    if (found_.shown.size() < limit_) found_.shown.emplace_back(side, event);
  }

  event_stream left_, right_;
  std::size_t limit_;
  std::uint64_t steps_{};
  differences found_;
};

/// `- #3 ...` for an event only of the left store, `+ #3 ...` for one of the right, `~ #3 ...` for one that is erased.
std::string line_of(context& of, char side, const event_view& event, source& left, source& right) {
  if (side == '-' || side == '+') {
    const style look = side == '-' ? style::bad : style::good;
    return of.out.styled(look, cut(fmt::format("{} {}", side, event_line(of, event)), of.out.width()));
  }
  return of.out.styled(style::accent,
                       cut(fmt::format("~ #{} {} {}: erased in {}", event.sequence(), printable(event.entity()),
                                       of.name_of(event.kind()), printable(side == '<' ? left.path() : right.path())),
                           of.out.width()));
}

std::string summary(const differences& found, source& left, source& right) {
  const std::string a = printable(left.path());
  const std::string b = printable(right.path());
  if (found.none())
    return fmt::format("{} and {} have the same {}", a, b, counted(left.store().end_sequence(), "event"));
  const bool erased = found.erased_left + found.erased_right != 0;
  const std::uint64_t left_end = left.store().end_sequence();
  const std::uint64_t right_end = right.store().end_sequence();
  const auto is_prefix = [&](std::uint64_t end, std::uint64_t own, std::uint64_t other) {
    return !erased && own == 0 && found.first && *found.first >= end && other != 0;
  };
  if (is_prefix(right_end, found.only_right, found.only_left))
    return fmt::format("{} is a prefix of {}, {} behind", b, a, counted(found.only_left, "event"));
  if (is_prefix(left_end, found.only_left, found.only_right))
    return fmt::format("{} is a prefix of {}, {} behind", a, b, counted(found.only_right, "event"));
  std::string text = fmt::format("{} only in {}, {} only in {}", counted(found.only_left, "event"), a,
                                 counted(found.only_right, "event"), b);
  if (erased) text += fmt::format(", {} erased in one of them", grouped(found.erased_left + found.erased_right));
  return text;
}

std::string json_of(source& left, source& right, const differences& found) {
  json_object data;
  data.add("same_lineage", left.store().identity() == right.store().identity())
      .add("identical", found.none())
      .add_json("first_difference", found.first ? std::to_string(*found.first) : "null")
      .add("only_left", found.only_left)
      .add("only_right", found.only_right)
      .add("erased_left", found.erased_left)
      .add("erased_right", found.erased_right);
  json_array shown;
  for (const auto& [side, event] : found.shown)
    shown.add(json_object{}.add("side", std::string(1, side)).add("sequence", event.sequence()).str());
  return data.add_json("differences", shown.str()).str();
}

}  // namespace

exit_code diff(context& of, const diff_options& options) {
  source left{of, options.left};
  source right{of, options.right};
  const std::uint64_t total = std::max(left.store().end_sequence(), right.store().end_sequence());
  const differences found = comparison{left, right, options.limit}.run(of, total);
  const bool same_lineage = left.store().identity() == right.store().identity();
  const exit_code code = found.none() && same_lineage ? of.code() : exit_code::found;
  of.answer(code, json_of(left, right, found));
  if (of.options.json) return code;
  std::string heading = same_lineage ? "same lineage" : "different lineages: not copies of one store";
  if (found.last_common && found.first) {
    heading += fmt::format(", identical through #{}", found.last_common->sequence());
    if (!found.last_common->hash().is_zero()) heading += fmt::format(" ({})", short_hash(found.last_common->hash()));
  }
  of.out.line(heading);
  for (const auto& [side, event] : found.shown) of.out.line(line_of(of, side, event, left, right));
  const std::uint64_t all = found.only_left + found.only_right + found.erased_left + found.erased_right;
  if (all > found.shown.size()) of.out.line(fmt::format("… and {} more", grouped(all - found.shown.size())));
  of.out.line(summary(found, left, right));
  return code;
}

}  // namespace quipu::tool
