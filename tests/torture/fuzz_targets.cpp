// SPDX-License-Identifier: BSL-1.0
//
// fuzz_targets.cpp: see fuzz_targets.hpp.
#include "fuzz_targets.hpp"

#include "../codec/codec_samples.hpp"
#include "../journal/index_questions.hpp"
#include "../journal/repair.hpp"
#include "furnished.hpp"

#include <quipu/cache/detail/entry_file.hpp>
#include <quipu/codec/codec.hpp>
#include <quipu/codec/schema_json.hpp>
#include <quipu/delivery/detail/worker_record.hpp>
#include <quipu/event/event_tags.hpp>
#include <quipu/event/metadata.hpp>
#include <quipu/store/read_only_store.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <stdexcept>
#include <string>
#include <tuple>
#include <utility>

namespace torture {
namespace {

using quipu::bytes;
using quipu::bytes_view;
namespace parts = quipu::detail;

/// Uses a result, so that reading it isn't left out.
template <class Value>
void use(const Value& value) {
  static volatile std::size_t sink;
  sink = sink + static_cast<std::size_t>(value);
}
void use_text(bytes_view text) {
  std::size_t sum = 0;
  for (std::size_t at = 0; at < text.size(); ++at) sum += static_cast<std::size_t>(text[at]);
  use(sum);
}

bytes copy_of(std::string_view text) { return bytes_view{text}.copy(); }

const furnished_store& furnished() {
  static const furnished_store made{ending::unfinished};
  return made;
}
std::vector<bytes> files_ending_with(std::string_view suffix) {
  std::vector<bytes> found;
  for (const std::string& name : furnished().names())
    if (name.ends_with(suffix)) found.push_back(furnished().content(name));
  return found;
}
parts::store_identity furnished_identity() {
  return parts::store_head::decode(bytes_view{furnished().content("quipu.store")}, "quipu.store").common.identity;
}

// ---- frames ----

void read_frame(bytes_view input) {
  bytes frame = input.copy();
  constexpr std::uint32_t seed = 7;
  constexpr bool chained = true;
  if (frame.size() < parts::frame_header_size) return;
  const std::uint32_t size = parts::frame_layout::size.load(frame.data());
  if (size >= parts::frame_header_size && size <= frame.size()) parts::set_frame_checksum(frame.data(), seed);
  if (!parts::check_frame(frame.data(), frame.size(), seed, chained)) return;
  const parts::frame_view view = parts::frame_view::any(frame.data(), chained);
  use_text(view.payload());
  use(view.header().payload_size);
  use(view.given_us().value_or(0));
  for (const std::string_view tag : quipu::event_tags{view}) use_text(tag);
  if (const auto content = view.extension(parts::extension_type::metadata))
    use(quipu::metadata_view{*content}.copy().size());
  if (const auto found = parts::schema_definition::read(view)) {
    use_text(found->text);
    use_text(found->type_name);
  }
  if (const auto found = parts::coordinate_definition::read(view.payload())) use_text(found->entity);
  if (const auto found = parts::seal_content::read(view.payload())) use(found->next_sequence);
}
std::vector<bytes> frame_seeds() {
  std::vector<bytes> found;
  for (const bytes& segment : files_ending_with(parts::segment_suffix))
    for (const raw_log::frame& each : raw_log::frames_of(segment))
      found.push_back(bytes_view{segment}.subview(each.at, each.size).copy());
  return found;
}

// ---- files ----

/// An index file of a sample, from whose identity the first bytes of the input can't lead away.
const index_tests::sample& index_sample() {
  static const index_tests::sample made{{1, 40, 5, 3, 3, true, true, true}};
  return made;
}
void read_index(bytes_view input) {
  bytes file = input.copy();
  static const bytes whole = index_sample().encode();
  const std::size_t kept = std::min(file.size(), std::size_t{parts::file_head::common_size});
  std::copy_n(whole.begin(), kept, file.begin());
  raw_log::repair_index(file);
  const auto found = parts::mapped_index::open(file, index_sample().identity(), index_sample().first());
  if (!found) return;
  use_text(found->head_state());
  try {
    use(index_tests::ask_everything(*found, index_sample()));
  } catch (const parts::index_damage&) {
    return;  // a number that leads outside
  }
}
std::vector<bytes> index_seeds() { return {index_sample().encode()}; }

void read_checkpoint(bytes_view input) {
  bytes file = input.copy();
  raw_log::repair_file("a.cursor", file);
  const auto found = parts::checkpoint::decode(bytes_view{file}, "billing", "billing.cursor");
  use_text(bytes_view{found.region});
  use_text(bytes_view{found.state});
}
std::vector<bytes> checkpoint_seeds() { return files_ending_with(parts::checkpoint_suffix); }

void read_worker_record(bytes_view input) {
  if (const auto found = parts::worker_record::decode(input)) {
    use(found->parked.size());
    use(found->encode().size());
  }
}
std::vector<bytes> worker_record_seeds() {
  parts::worker_record made;
  made.parked.push_back({quipu::event_id::from_name("parked"), 3, 1, 1'700'000'000'000'000, "three"});
  made.add_skipped({quipu::event_id::from_name("skipped"), 4, 2, 1'700'000'000'000'000, "four"});
  return {made.encode()};
}

void read_manifest(bytes_view input) {
  bytes file = input.copy();
  raw_log::repair_file(parts::compaction_file_name, file);
  static const parts::store_identity identity = furnished_identity();
  use(parts::compaction_manifest::decode(bytes_view{file}, identity, "quipu.compaction").replaced.size());
}
std::vector<bytes> manifest_seeds() {
  parts::compaction_manifest made;
  made.common.identity = furnished_identity();
  made.replaced = {0, 3, 9};
  made.made = {0};
  return {made.encode()};
}

void read_end(bytes_view input) {
  bytes file = input.copy();
  raw_log::repair_file(parts::end_file_name, file);
  static const parts::store_identity identity = furnished_identity();
  use(parts::recorded_end::decode(bytes_view{file}, identity, "quipu.end").next_sequence);
}
std::vector<bytes> end_seeds() {
  parts::recorded_end made;
  made.common.identity = furnished_identity();
  made.next_sequence = 20;
  const auto file = made.encode();
  return {bytes{file.begin(), file.end()}};
}

void read_replica_mark(bytes_view input) {
  bytes file = input.copy();
  raw_log::repair_file(parts::replica_file_name, file);
  static const parts::store_identity identity = furnished_identity();
  use(static_cast<std::uint64_t>(parts::replica_mark::decode(bytes_view{file}, identity, "quipu.replica").state));
}
std::vector<bytes> replica_mark_seeds() {
  parts::replica_mark made;
  made.common.identity = furnished_identity();
  made.state = parts::replica_state::left;
  const auto file = made.encode();
  return {bytes{file.begin(), file.end()}};
}

void read_store_head(bytes_view input) {
  bytes file = input.copy();
  raw_log::repair_file(parts::store_file_name, file);
  use(parts::store_head::decode(bytes_view{file}, "quipu.store").common.identity.checksum_seed);
}
std::vector<bytes> store_head_seeds() { return files_ending_with(parts::store_file_name); }

void read_cache_entry(bytes_view input) {
  bytes file = input.copy();
  const bytes_view key{"account"};
  const std::size_t head_size = parts::entry_layout::header_size + key.size();
  if (file.size() < head_size) return;
  const bytes_view head{file.data(), head_size};
  const bytes_view value = bytes_view{file}.subview(head_size);
  parts::entry_layout::checksum.store(file.data(), parts::entry_checksum(head, value));
  quipu::cache_meta meta;
  if (parts::decode_entry(head, value, key, meta)) use(meta.watermark);
}
std::vector<bytes> cache_entry_seeds() {
  const bytes_view key{"account"};
  const bytes_view value{"value"};
  bytes file(parts::entry_layout::header_size + key.size());
  parts::encode_entry_head(file.data(), key, value, {3, 4}, 1);
  file.insert(file.end(), value.begin(), value.end());
  return {file};
}

// ---- texts and payloads ----

constexpr std::string_view schemas[]{
    "{id:i64,who:str,lines:[{sku:str,qty:u32}],at:?{x:f64},v:<i32,str>,c:enum:u16,a:[u8;4],m:{str=>i32}}",
    "samples.node#3{name:str,kids:[samples.node#3]}",
    "[[[u8;3];2];4]",
    "enum:u16{one=1,two=2}",
    "{a:{u8},b:{str=>>u8}}",
    "(i32,str,{})",
    "dur:i64/1000",
    "opaque"};

void read_schema(bytes_view input) {
  const parts::schema_table table{input.text()};
  use(table.node(table.root()).kind);
}
std::vector<bytes> schema_seeds() {
  std::vector<bytes> all;
  for (const std::string_view each : schemas) all.push_back(copy_of(each));
  for (const std::string_view each :
       {quipu::schema_text<codec_samples::order>(), quipu::schema_text<codec_samples::containers>(),
        quipu::schema_text<codec_samples::sequences>(), quipu::schema_text<codec_samples::times>(),
        quipu::schema_text<codec_samples::durations>(), quipu::schema_text<codec_samples::node>()})
    all.push_back(copy_of(each));
  return all;
}

/// A schema text, a NUL, and a payload.
void print_json(bytes_view input) {
  const std::string_view whole = input.text();
  const std::size_t end = std::min(whole.find('\0'), whole.size());
  use_text(quipu::schema_to_json(whole.substr(0, end), bytes_view{whole.substr(std::min(end + 1, whole.size()))}));
}
std::vector<bytes> json_seeds() {
  std::vector<bytes> all;
  const auto add = [&all](std::string_view schema, const bytes& payload) {
    all.push_back(copy_of(schema));
    all.back().push_back(std::byte{0});
    all.back().insert(all.back().end(), payload.begin(), payload.end());
  };
  codec_samples::order ordered{};
  ordered.who = "me";
  ordered.lines = {{"a", 1}};
  ordered.m = {{"key", 2}};
  codec_samples::containers filled{};
  filled.ordered = {1, 2};
  filled.hashed_map = {{1, "one"}};
  add(quipu::schema_text<codec_samples::order>(), quipu::encode(ordered));
  add(quipu::schema_text<codec_samples::node>(), quipu::encode(codec_samples::node{"root", {{"leaf", {}}}}));
  add(quipu::schema_text<codec_samples::scalars>(), quipu::encode(codec_samples::scalars{}));
  add(quipu::schema_text<codec_samples::containers>(), quipu::encode(filled));
  return all;
}

/// The first byte chooses the type.
using payload_types =
    std::tuple<codec_samples::order, codec_samples::containers, codec_samples::sequences, codec_samples::scalars,
               codec_samples::durations, codec_samples::times, codec_samples::node, noted, summed>;
template <class Type>
void decode_and_encode(bytes_view payload) {
  const bytes again = quipu::encode(quipu::decode<Type>(payload));
  if (quipu::encode(quipu::decode<Type>(bytes_view{again})) != again)
    throw std::logic_error{"encoding changes a value"};
}
template <std::size_t... Numbers>
void decode_one_of(std::size_t which, bytes_view payload, std::index_sequence<Numbers...>) {
  static_cast<void>(
      ((which == Numbers && (decode_and_encode<std::tuple_element_t<Numbers, payload_types>>(payload), true)) || ...));
}
constexpr std::size_t payload_type_count = std::tuple_size_v<payload_types>;
void decode_payload(bytes_view input) {
  if (input.empty()) return;
  decode_one_of(static_cast<std::size_t>(input[0]) % payload_type_count, input.subview(1),
                std::make_index_sequence<payload_type_count>{});
}
template <std::size_t... Numbers>
std::vector<bytes> default_payloads(std::index_sequence<Numbers...>) {
  std::vector<bytes> all;
  (all.push_back(quipu::encode(std::tuple_element_t<Numbers, payload_types>{})), ...);
  for (std::size_t number = 0; number < all.size(); ++number)
    all[number].insert(all[number].begin(), static_cast<std::byte>(number));
  return all;
}
std::vector<bytes> payload_seeds() { return default_payloads(std::make_index_sequence<payload_type_count>{}); }

void read_metadata(bytes_view input) {
  for (const auto& [key, value] : quipu::metadata_view{input}) {
    use_text(bytes_view{key});
    use_text(bytes_view{value});
  }
}
std::vector<bytes> metadata_seeds() { return {parts::encode_metadata({{"trace", "abc"}, {"user", "me"}})}; }

/// Escaped names, as the names of files have them. (Regions are written as text, and never read.)
void read_name(bytes_view input) {
  const std::string text{input.text()};
  if (const auto name = parts::cursor_name_of(text)) use_text(bytes_view{*name});
  use(parts::segment_number(text).value_or(0));
  use(parts::is_unfinished(text) ? 1 : 0);
  if (const auto name = parts::unescaped(text); name && name->size() <= parts::cursor_name_max_bytes && !name->empty())
    if (parts::cursor_name_of(parts::checkpoint_file_name(*name)) != name) throw std::logic_error{"a name changes"};
}
std::vector<bytes> name_seeds() {
  return {copy_of("billing.cursor"), copy_of("a%2fb.cursor"), copy_of("00000000000000000007.segment.tmp")};
}

// ---- a whole directory ----

/// A change of one file: its number, what to do, where, and with what.
struct file_edit {
  static constexpr std::size_t size = 8;
  std::size_t file{};
  unsigned what{};
  std::size_t offset{};
  std::uint32_t value{};

  static file_edit read(bytes_view from) {
    file_edit edit;
    edit.file = static_cast<std::size_t>(from[0]);
    edit.what = static_cast<unsigned>(from[1]);
    edit.offset = static_cast<std::size_t>(from[2]) | static_cast<std::size_t>(from[3]) << 8;
    std::memcpy(&edit.value, from.data() + 4, sizeof edit.value);
    return edit;
  }
  void apply(bytes& to) const {
    if (to.empty()) return;
    const std::size_t at = offset % to.size();
    const std::size_t count = std::min(to.size() - at, std::size_t{1} << (what / 8 % 3));
    switch (what % 8) {
      case 0:
        to.resize(at);
        return;
      case 1:
        to.insert(to.end(), value % 256, std::byte{0});
        return;
      case 2:
        to.erase(to.begin() + static_cast<std::ptrdiff_t>(at), to.begin() + static_cast<std::ptrdiff_t>(at + count));
        return;
      case 3: {
        const std::size_t from = value % to.size();
        std::memmove(to.data() + at, to.data() + from, std::min({std::size_t{64}, to.size() - at, to.size() - from}));
        return;
      }
      case 4:
        to[at] ^= static_cast<std::byte>(value);
        return;
      default:
        std::memcpy(to.data() + at, &value, count);
        return;
    }
  }
};

template <class Store>
void read_all_of(Store& of) {
  for (const quipu::event_view& each : of.query(region::all())) {
    use_text(each.payload());
    use(each.to_json().size());
    use(each.tags().size());
    use(each.metadata().copy().size());
  }
  static_cast<void>(of.verify());
}

/// Opens the files that the edits leave with checksums that fit, in each way, and reads everything.
void open_directory(bytes_view input) {
  furnished_store changed = furnished().copy();
  const std::vector<std::string> names = changed.log().names();
  for (std::size_t at = 0; at + file_edit::size <= input.size() && at < 16 * file_edit::size; at += file_edit::size) {
    const file_edit edit = file_edit::read(input.subview(at, file_edit::size));
    const std::string& name = names[edit.file % names.size()];
    bytes content = changed.content(name);
    edit.apply(content);
    raw_log::repair_file(name, content);
    changed.put(name, content);
  }
  const auto attempt = [](auto&& act) {
    try {
      act();
    } catch (const quipu::error&) {
      static_cast<void>(0);  // in order
    }
  };
  quipu::config reading = settings_in(changed.log(), small_store());
  attempt([&] {
    quipu::read_only_store opened{reading};
    read_all_of(opened);
  });
  reading.open = quipu::open_policy::salvage;
  attempt([&] {
    quipu::read_only_store opened{reading};
    for (const quipu::event_view& each : opened.query(region::all())) use_text(each.payload());
  });
  attempt([&] {
    store opened{settings_in(changed.log(), small_store())};
    attempt([&] { read_all_of(opened); });
    attempt([&] { use(opened.cursor_guaranteed("billing", region::all()).next_sequence()); });
    attempt([&] { use(opened.parked("w").size()); });
    attempt([&] { use(opened.project<summed>("entity:0").value_or(summed{}).sum); });
    attempt([&] { static_cast<void>(opened.append({"entity:0", "books"}, noted{1, "more"})); });
    attempt([&] { static_cast<void>(opened.compact(quipu::compaction::merge())); });
  });
}
std::vector<bytes> directory_seeds() {
  std::vector<bytes> all;
  const std::size_t files = furnished().log().names().size();
  for (std::size_t file = 0; file < files; ++file)
    for (const unsigned what : {0U, 3U, 4U, 5U, 13U, 21U}) {
      bytes seed(file_edit::size);
      seed[0] = static_cast<std::byte>(file);
      seed[1] = static_cast<std::byte>(what);
      seed[2] = static_cast<std::byte>(60);
      seed[4] = static_cast<std::byte>(1);
      all.push_back(seed);
    }
  return all;
}

constexpr fuzz_target targets[]{
    {"frame", "a frame, its extensions, tags and metadata", read_frame, frame_seeds},
    {"index", "an index file, and every question to it", read_index, index_seeds},
    {"checkpoint", "a cursor's checkpoint", read_checkpoint, checkpoint_seeds},
    {"worker", "a worker's parked and skipped events", read_worker_record, worker_record_seeds},
    {"manifest", "the manifest of a compaction", read_manifest, manifest_seeds},
    {"end", "the recorded end of a log", read_end, end_seeds},
    {"replica", "the mark of a replica", read_replica_mark, replica_mark_seeds},
    {"head", "the identity of a store", read_store_head, store_head_seeds},
    {"entry", "an entry of the file cache", read_cache_entry, cache_entry_seeds},
    {"schema", "the text of a schema", read_schema, schema_seeds},
    {"json", "a payload printed by the text of a schema", print_json, json_seeds},
    {"payload", "a payload of nine types", decode_payload, payload_seeds},
    {"metadata", "an event's metadata", read_metadata, metadata_seeds},
    {"name", "names of files", read_name, name_seeds},
    {"directory", "a store's directory whose checksums fit, opened in every way", open_directory, directory_seeds},
};

}  // namespace

std::span<const fuzz_target> fuzz_targets() { return targets; }

void run_target(const fuzz_target& which, quipu::bytes_view input) {
  // Memory of its own, so that a sanitizer sees what is read behind it.
  const quipu::bytes own = input.copy();
  try {
    which.run(quipu::bytes_view{own});
  } catch (const quipu::error&) {
    return;
  }
}

}  // namespace torture
