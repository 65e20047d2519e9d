// SPDX-License-Identifier: BSL-1.0
//
// exchange.cpp: parts of a small store are removed, doubled, exchanged, and replaced by what they were earlier or are
// in another store: frames, whole files, and the whole directory.
#include "../journal/raw_log.hpp"
#include "furnished.hpp"

#include <cstddef>
#include <cstdint>
#include <exception>
#include <functional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace torture {
namespace {

/// What may come of a change that leaves a store in which nothing contradicts anything.
enum class leeway : unsigned char {
  none,
  consumer_set_back,  ///< a checkpoint that is missing or old is a consumer that is further back
};

struct exchange {
  std::string name;
  std::function<void(furnished_store&)> apply;
  leeway allowed{leeway::none};
};

/// Bytes of `from` between two offsets.
quipu::bytes part_of(const quipu::bytes& from, std::size_t begin, std::size_t end) {
  return {from.begin() + static_cast<std::ptrdiff_t>(begin), from.begin() + static_cast<std::ptrdiff_t>(end)};
}
void append(quipu::bytes& to, const quipu::bytes& what) { to.insert(to.end(), what.begin(), what.end()); }

/// A segment with the parts of another order: `order` gives frames by number.
quipu::bytes with_frames(const quipu::bytes& segment, const std::vector<raw_log::frame>& frames,
                         const std::vector<std::size_t>& order) {
  quipu::bytes made = part_of(segment, 0, raw_log::segment_head::size);
  for (const std::size_t each : order)
    append(made, part_of(segment, frames[each].at, frames[each].at + frames[each].size));
  append(made, part_of(segment, raw_log::end_of_frames(frames), segment.size()));
  return made;
}

class exchanges {
 public:
  exchanges(const furnished_store& base, const furnished_store& earlier, const furnished_store& foreign)
      : base_{base}, earlier_{earlier}, foreign_{foreign} {
    for (const std::string& name : base.names()) {
      add_of_file(name);
      if (name.ends_with(".segment")) add_of_frames(name);
    }
    for (const std::string& first : base.names())
      for (const std::string& second : base.names())
        if (first < second) add_swap(first, second);
    for (const std::string& from : base.names())
      for (const std::string& to : base.names())
        if (from != to && from.ends_with(".segment") && to.ends_with(".segment")) add_misplaced(from, to);
  }
  [[nodiscard]] const std::vector<exchange>& all() const noexcept { return all_; }

 private:
  void add(std::string name, std::function<void(furnished_store&)> apply, leeway allowed = leeway::none) {
    all_.push_back({std::move(name), std::move(apply), allowed});
  }
  void add_replaced(const std::string& how, const std::string& name, quipu::bytes content,
                    leeway allowed = leeway::none) {
    add(
        how + " in " + name, [=](furnished_store& in) { in.put(name, content); }, allowed);
  }
  [[nodiscard]] static bool has(const furnished_store& in, const std::string& name) {
    for (const std::string& each : in.names())
      if (each == name) return true;
    return false;
  }

  void add_of_file(const std::string& name) {
    const leeway allowed = name.ends_with(".cursor") ? leeway::consumer_set_back : leeway::none;
    add(
        "removed: " + name, [=](furnished_store& in) { in.erase(name); }, allowed);
    if (has(earlier_, name)) add_replaced("the earlier file", name, earlier_.content(name), allowed);
    if (has(foreign_, name)) add_replaced("another store's file", name, foreign_.content(name), allowed);
  }
  void add_swap(const std::string& first, const std::string& second) {
    add("exchanged: " + first + " and " + second, [=](furnished_store& in) {
      const quipu::bytes content = in.content(first);
      in.put(first, in.content(second));
      in.put(second, content);
    });
  }
  /// Blocks of one segment that were written over another one, and the whole segment behind it.
  void add_misplaced(const std::string& from, const std::string& to) {
    constexpr std::size_t block = 512;
    const quipu::bytes source = base_.content(from);
    const quipu::bytes target = base_.content(to);
    for (std::size_t begin = 0; begin + block <= source.size(); begin += block) {
      for (std::size_t at = 0; at + block <= target.size(); at += block) {
        quipu::bytes changed = part_of(target, 0, at);
        append(changed, part_of(source, begin, begin + block));
        append(changed, part_of(target, at + block, target.size()));
        add_replaced("bytes from " + std::to_string(begin) + " of " + from + " at " + std::to_string(at), to,
                     std::move(changed));
      }
    }
    quipu::bytes longer = target;
    append(longer, source);
    add_replaced(from + " behind it", to, std::move(longer));
  }
  void add_of_frames(const std::string& name) {
    const quipu::bytes segment = base_.content(name);
    const std::vector<raw_log::frame> frames = raw_log::frames_of(segment);
    std::vector<std::size_t> order;
    for (std::size_t at = 0; at < frames.size(); ++at) order.push_back(at);
    const auto add_order = [&](const std::string& how, const std::vector<std::size_t>& changed) {
      add_replaced(how, name, with_frames(segment, frames, changed));
    };
    for (std::size_t at = 0; at < frames.size(); ++at) {
      const std::string number = "frame " + std::to_string(at);
      std::vector<std::size_t> changed = order;
      changed.erase(changed.begin() + static_cast<std::ptrdiff_t>(at));
      add_order(number + " removed", changed);
      for (std::size_t to = 0; to <= frames.size(); ++to) {
        changed = order;
        changed.insert(changed.begin() + static_cast<std::ptrdiff_t>(to), at);
        add_order(number + " repeated at " + std::to_string(to), changed);
      }
      for (std::size_t with = at + 1; with < frames.size(); ++with) {
        changed = order;
        std::swap(changed[at], changed[with]);
        add_order(number + " exchanged with " + std::to_string(with), changed);
      }
    }
    add_foreign_frames(name, segment, frames);
  }
  /// Frames of another store at the places of this one's.
  void add_foreign_frames(const std::string& name, const quipu::bytes& segment,
                          const std::vector<raw_log::frame>& frames) {
    if (!has(foreign_, name)) return;
    const quipu::bytes other = foreign_.content(name);
    const std::vector<raw_log::frame> others = raw_log::frames_of(other);
    for (std::size_t at = 0; at < frames.size() && at < others.size(); ++at) {
      quipu::bytes changed = part_of(segment, 0, frames[at].at);
      append(changed, part_of(other, others[at].at, others[at].at + others[at].size));
      append(changed, part_of(segment, frames[at].at + frames[at].size, segment.size()));
      add_replaced("another store's frame " + std::to_string(at), name, std::move(changed));
    }
  }

  const furnished_store& base_;
  const furnished_store& earlier_;
  const furnished_store& foreign_;
  std::vector<exchange> all_{};
};

std::string problem_of_exchange(const exchange& which, const furnished_store& base, const shown_parts& sound,
                                report& to) {
  try {
    furnished_store changed = base.copy();
    which.apply(changed);
    shown_parts seen = look_at(changed);
    if (which.allowed == leeway::consumer_set_back && !seen.consumers.empty() && seen.consumers != sound.consumers) {
      to.add("a consumer set back");
      seen.consumers = sound.consumers;
    }
    return problem_of(seen, sound, to);
  } catch (const std::exception& failure) {
    return failure.what();
  }
}

quipu::digest head_of(const furnished_store& of) { return store{settings_in(of.copy().log(), small_store())}.head(); }

/// A whole directory from earlier, or of another store, is in order by itself; a head that was kept tells.
void check_whole_directories(const furnished_store& base, const std::vector<const furnished_store*>& others,
                             report& to) {
  quipu::config settings = small_store();
  settings.expected_head = head_of(base);
  if (look_at(base.copy(), settings).named) to.problem("the head that was kept isn't the store's", "--only 0");
  for (const furnished_store* each : others) {
    if (!look_at(each->copy(), settings).named) to.problem("another directory isn't told by the head", "--only 0");
    to.add("whole directories told by the head");
  }
}

}  // namespace

int run_damage(const options& given) {
  report to{"damage", given};
  const furnished_store base{ending::closed};
  const furnished_store earlier{ending::closed, 1, 3};
  const furnished_store foreign{ending::closed, 100};
  const shown_parts sound = look_at(base.copy());
  check_whole_directories(base, {&earlier, &foreign}, to);
  const std::vector<exchange> all = exchanges{base, earlier, foreign}.all();
  std::uint64_t done = 0;
  for (const std::uint64_t number : sampled_numbers(all.size(), given)) {
    if (to.is_over(std::to_string(done) + " of " + std::to_string(all.size()))) break;
    const exchange& which = all[number];
    if (const std::string problem = problem_of_exchange(which, base, sound, to); !problem.empty())
      to.problem(problem + " (" + which.name + ")", "--only " + std::to_string(number));
    ++done;
  }
  return to.conclude(std::to_string(done) + " of " + std::to_string(all.size()) + " exchanges");
}

}  // namespace torture
