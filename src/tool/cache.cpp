// SPDX-License-Identifier: BSL-1.0
//
// cache.cpp: `quipu cache`: the entries of a file cache. docs/cache.md describes the files.
#include "commands.hpp"
#include "table.hpp"
#include "text.hpp"

#include <quipu/cache/detail/entry_file.hpp>
#include <quipu/cache/detail/entry_name.hpp>
#include <quipu/cache/detail/spare_file.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <functional>
#include <iterator>

namespace quipu::tool {
namespace {

namespace fs = std::filesystem;
using layout = quipu::detail::entry_layout;

struct cached_state {
  std::string file{};
  bool is_sound{};
  std::string entity{};       ///< the whole key if it is not one of a store
  std::string fingerprint{};  ///< empty likewise
  cache_meta meta{};
  std::uint64_t value_bytes{};
};

/// A store's key is an entity, a NUL and eight bytes.
void take_key(cached_state& to, std::string_view key) {
  constexpr std::size_t tail = 1 + sizeof(std::uint64_t);
  if (key.size() <= tail || key[key.size() - tail] != '\0') {
    to.entity = key;
    return;
  }
  to.entity = key.substr(0, key.size() - tail);
  const std::string_view raw = key.substr(key.size() - sizeof(std::uint64_t));
  for (std::size_t index = raw.size(); index-- > 0;)
    to.fingerprint += fmt::format("{:02x}", static_cast<unsigned char>(raw[index]));
}

cached_state read_state(const fs::path& root, const fs::path& path) {
  cached_state found{.file = path.lexically_relative(root).string()};
  std::ifstream file{path, std::ios::binary};
  const std::string content{std::istreambuf_iterator<char>{file}, {}};
  const bytes_view raw{content};
  if (raw.size() < layout::header_size) return found;
  const std::byte* const head = raw.data();
  if (layout::magic.load(head) != quipu::detail::entry_magic ||
      layout::version.load(head) != quipu::detail::entry_format_version)
    return found;
  const std::uint64_t key_size = layout::key_size.load(head);
  found.value_bytes = layout::value_size.load(head);
  const std::uint64_t rest = raw.size() - layout::header_size;
  if (key_size > rest || found.value_bytes != rest - key_size) return found;
  const auto key_end = static_cast<std::size_t>(layout::header_size + key_size);
  take_key(found, std::string_view{content}.substr(layout::header_size, static_cast<std::size_t>(key_size)));
  found.meta.watermark = layout::watermark.load(head);
  found.meta.cached_at_us = layout::cached_at_us.load(head);
  found.is_sound =
      layout::checksum.load(head) == quipu::detail::entry_checksum(raw.subview(0, key_end), raw.subview(key_end));
  return found;
}

/// Whether a name is that of a folder in which a cache keeps entries: two hexadecimal digits, or the empty key's.
bool is_shard_name(const std::string& name) {
  return name == quipu::detail::empty_key_folder || (name.size() == 2 && quipu::detail::is_hex_of_bytes(name));
}

/// Whether a directory is one that a cache has, or may have: nothing else than a cache's folders is in it.
bool is_cache(const fs::path& root) {
  if (fs::exists(root / quipu::detail::spare_folder)) return true;
  for (const auto& each : fs::directory_iterator{root})
    if (!each.is_directory() || !is_shard_name(each.path().filename().string())) return false;
  return !fs::is_empty(root);
}

/// Calls `take` for each entry, in the order of the files' names.
void visit_states(const std::string& directory, const std::function<void(const cached_state&)>& take) {
  const fs::path root{directory};
  std::error_code problem;
  if (!fs::is_directory(root, problem) || !is_cache(root))
    throw command_failure{exit_code::unusable, fmt::format("{}: there is no cache in this directory", directory)};
  std::vector<fs::path> shards;
  for (const auto& each : fs::directory_iterator{root})
    if (each.is_directory() && is_shard_name(each.path().filename().string())) shards.push_back(each.path());
  std::sort(shards.begin(), shards.end());
  for (const fs::path& shard : shards) {
    std::vector<fs::path> files;
    for (const auto& each : fs::recursive_directory_iterator{shard})
      if (each.is_regular_file() && each.path().extension() == ".bin") files.push_back(each.path());
    std::sort(files.begin(), files.end());
    for (const fs::path& each : files) take(read_state(root, each));
  }
}

}  // namespace

exit_code cache_ls(context& of, const cache_options& options) {
  table rows{of.out,
             {{"ENTITY", align::left, style::strong},
              {"STATE", align::left, style::faint},
              {"EVENTS", align::right},
              {"SIZE", align::right},
              {"CACHED (UTC)"}},
             table_kind::streaming};
  visit_states(options.directory, [&](const cached_state& each) {
    if (!each.is_sound) return of.diagnose(fmt::format("damaged: {}", each.file));
    if (of.options.json)
      return of.out.line(json_object{}
                             .add("entity", each.entity)
                             .add("fingerprint", each.fingerprint)
                             .add("watermark", each.meta.watermark)
                             .add("value_bytes", each.value_bytes)
                             .add("cached_at_us", each.meta.cached_at_us)
                             .add("file", each.file)
                             .str());
    rows.row({printable(each.entity), each.fingerprint, grouped(each.meta.watermark), size_text(each.value_bytes),
              time_text(each.meta.cached_at_us, time_form::seconds)});
  });
  rows.finish();
  return of.code();
}

exit_code cache_rm(context& of, const cache_options& options) {
  if (options.all == !options.key.empty()) throw command_failure{exit_code::unusable, "name an entity, or give --all"};
  visit_states(options.directory, [](const cached_state&) {});  // only to see that it is there
  file_cache cache{options.directory};
  const std::uint64_t removed = cache.delete_prefix(options.all ? bytes{} : [&] {
    bytes prefix;
    byte_writer writer{prefix};
    writer.write(bytes_view{options.key});
    writer.put(std::uint8_t{0});
    return prefix;
  }());
  of.answer(of.code(), json_object{}.add("removed", removed).str());
  if (!of.options.json) of.out.line(fmt::format("removed {}", counted(removed, "entry", "entries")));
  return of.code();
}

exit_code cache_verify(context& of, const cache_options& options) {
  std::uint64_t sound = 0;
  std::uint64_t damaged = 0;
  visit_states(options.directory, [&](const cached_state& each) {
    ++(each.is_sound ? sound : damaged);
    if (!each.is_sound) of.diagnose(fmt::format("damaged: {}; it counts as missing", each.file));
  });
  of.answer(of.code(), json_object{}.add("sound", sound).add("damaged", damaged).str());
  if (!of.options.json)
    of.out.line(fmt::format("{} sound, {} damaged", counted(sound, "entry", "entries"), grouped(damaged)));
  return of.code();
}

}  // namespace quipu::tool
