// SPDX-License-Identifier: BSL-1.0
//
// furnished.cpp: see furnished.hpp.
#include "furnished.hpp"

#include "oracle.hpp"

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <stdexcept>
#include <string_view>
#include <utility>

namespace torture {
namespace {

constexpr std::string_view cache_prefix = "cache/";
constexpr const char* entities[]{"entity:0", "entity:1", "entity:2"};

/// Makes three models of one.
struct third_of {
  std::string operator()(const noted& event) const { return std::to_string(event.number % 3); }
  std::string operator()(const counted& event) const { return std::to_string(event.number % 3); }
};

quipu::bytes read_file(const std::filesystem::path& path) {
  std::ifstream in{path, std::ios::binary};
  const std::string text{std::istreambuf_iterator<char>{in}, {}};
  return quipu::bytes_view{text}.copy();
}
void write_file(const std::filesystem::path& path, quipu::bytes_view content) {
  std::filesystem::create_directories(path.parent_path());
  std::ofstream{path, std::ios::binary} << content.text();
}

/// Where the caches of this process lie, one after another.
const std::filesystem::path& cache_folder() {
  static const scratch_folder folder{"cache"};
  return folder.path();
}
void clear_cache_folder() {
  for (const auto& each : std::filesystem::directory_iterator{cache_folder()}) std::filesystem::remove_all(each);
}

void use_workers(store& of) {
  auto cursor = of.cursor_guaranteed("billing", region::all());
  static_cast<void>(cursor.poll_batch(4));
  cursor.commit("the state of billing");
  auto worker = of.cursor_worker("w", region::all(),
                                 [](const quipu::event_view& event) {
                                   if (event.sequence() == 3) throw std::runtime_error{"three"};
                                 },
                                 {.restart = quipu::restart_policy::never(), .poison = quipu::poison_policy::park()});
  if (!worker.wait_caught_up_for(std::chrono::minutes{1})) throw std::runtime_error{"the worker doesn't come"};
  worker.stop();
  worker.join();
}

std::string states_in(store& of) {
  auto total = of.read_model<summed>("total", region::all());
  auto thirds = of.read_model_by<summed>("thirds", region::all(), third_of{});
  if (!total.wait_caught_up_for(std::chrono::minutes{1}) || !thirds.wait_caught_up_for(std::chrono::minutes{1}))
    throw std::runtime_error{"a read model doesn't come"};
  std::string text = std::to_string(total.state().sum);
  thirds.for_each([&](std::string_view key, const summed& state) {
    text += " " + std::string{key} + "=" + std::to_string(state.sum);
  });
  for (const char* entity : entities) {
    const auto state = of.project<summed>(entity);
    text += " " + (state ? std::to_string(state->sum) : "none");
  }
  return text;
}

/// What an event is, with all that is printed of it.
std::string text_of(const quipu::event_view& event) {
  std::string text = std::to_string(event.sequence()) + " " + std::string{event.entity()} + " " +
                     std::string{event.scope()} + " " + std::to_string(event.entity_sequence()) + " " +
                     event.id().str() + " " + event.hash().str() + " " + std::to_string(event.kind().raw()) + " " +
                     std::string{event.payload().text()} + " " + event.to_json();
  for (const std::string_view tag : event.tags()) text += " " + std::string{tag};
  return text;
}

std::string consumers_in(store& of) {
  std::string text;
  auto cursor = of.cursor_guaranteed("billing", region::all());
  text += std::to_string(cursor.next_sequence()) + std::string{cursor.state().text()};
  for (const auto& each : of.cursors()) {
    if (each.name.starts_with("model:")) continue;
    text += each.name + std::to_string(each.position.next_sequence);
    if (each.name != "w") continue;
    for (const auto& parked : of.parked("w")) text += " parked " + std::to_string(parked.sequence);
  }
  return text;
}

/// Does the work on a disk. Returns whether an unfinished commit is at the end, where one is wanted.
bool furnish(const disk& machine, ending how, int rounds) {
  writer with{machine, small_store(), [](const quipu::config& settings) {
                return std::make_unique<store>(settings, quipu::file_cache{cache_folder()});
              }};
  with.open();
  for (int round = 0; round < rounds; ++round) {
    with.append("entity:" + std::to_string(round % 3), 900, durability::durable);
    with.append_batch(3, durability::buffered);
  }
  use_workers(with.events());
  static_cast<void>(states_in(with.events()));
  if (how == ending::closed) {
    with.close();
    return true;
  }
  machine.plan({.at = 0, .of = {change::write}, .effect = dies});
  try {
    with.append_batch(3, durability::durable);
  } catch (const std::exception&) {
    with.drop();
  }
  const disk left = machine.after_death();
  return store{settings_in(left, small_store())}.diagnostics().recovered.has_value();
}

}  // namespace

furnished_store::furnished_store(ending how, std::uint64_t seed, int rounds) {
  for (;; ++seed) {
    clear_cache_folder();
    const disk machine{seed};
    if (!furnish(machine, how, rounds)) continue;
    log_ = machine.after_death();
    break;
  }
  for (const auto& each : std::filesystem::recursive_directory_iterator{cache_folder()})
    if (each.is_regular_file())
      cache_[std::filesystem::relative(each.path(), cache_folder()).string()] = read_file(each.path());
}

furnished_store furnished_store::copy() const {
  furnished_store other = *this;
  other.log_ = log_.after_death();
  return other;
}

std::vector<std::string> furnished_store::names() const {
  std::vector<std::string> all = log_.names();
  for (const auto& [name, content] : cache_) all.push_back(std::string{cache_prefix} + name);
  return all;
}
quipu::bytes furnished_store::content(const std::string& name) const {
  return name.starts_with(cache_prefix) ? cache_.at(name.substr(cache_prefix.size())) : log_.content(name);
}
void furnished_store::put(const std::string& name, const quipu::bytes& content) {
  if (name.starts_with(cache_prefix))
    cache_[name.substr(cache_prefix.size())] = content;
  else
    log_.put(name, content);
}
void furnished_store::erase(const std::string& name) {
  if (name.starts_with(cache_prefix))
    cache_.erase(name.substr(cache_prefix.size()));
  else
    log_.erase(name);
}

shown_parts look_at(const furnished_store& of, quipu::config settings) {
  clear_cache_folder();
  for (const auto& [name, content] : of.cache()) write_file(cache_folder() / name, content);
  shown_parts seen;
  try {
    store found{settings_in(of.log(), std::move(settings)), quipu::file_cache{cache_folder()}};
    seen.cut = found.diagnostics().recovered.has_value();
    for (const quipu::event_view& each : found.query(region::all())) seen.events.push_back(text_of(each));
    seen.consumers = consumers_in(found);
    seen.states = states_in(found);
  } catch (const quipu::error& failure) {
    if (failure.path().empty()) throw std::runtime_error{std::string{"no place: "} + failure.what()};
    seen.named = true;
  }
  return seen;
}

std::string problem_of(const shown_parts& seen, const shown_parts& sound, report& to) {
  const bool is_prefix = seen.events.size() <= sound.events.size() &&
                         std::equal(seen.events.begin(), seen.events.end(), sound.events.begin());
  if (!is_prefix) return "wrong events";
  if (seen.events.size() == sound.events.size()) {
    if (seen.consumers != sound.consumers && !(seen.named && seen.consumers.empty())) return "a consumer is elsewhere";
    if (seen.states != sound.states && !seen.named) return "a state is wrong";
  }
  if (seen.named) {
    to.add("named with a place");
    return {};
  }
  if (seen.events.size() == sound.events.size()) {
    to.add("without effect");
    return {};
  }
  if (seen.cut) {
    to.add("cut and reported");
  } else if (sound.cut) {
    to.add("without the last commits, as a crash leaves a log that is not closed");
  } else {
    return "events are missing, and no cut was reported";
  }
  return {};
}

}  // namespace torture
