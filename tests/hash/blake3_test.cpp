// SPDX-License-Identifier: BSL-1.0
//
// blake3_test.cpp: the official test vectors, in one call and in pieces, while compiling and at run time; and every way
// of computing that this processor has against the portable one.
#ifdef QUIPU_TEST_SINGLE_HEADER
#include <quipu.hpp>
#else
#include <quipu/hash/blake3.hpp>
#endif

#include <catch2/catch.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

using quipu::blake3;
using quipu::blake3_derive_key;
using quipu::blake3_hasher;
using quipu::blake3_keyed;
using quipu::bytes_view;
using quipu::digest;
using quipu::detail::blake3_can_run;
using quipu::detail::blake3_hash;
using quipu::detail::blake3_initial;
using quipu::detail::blake3_level;
using quipu::detail::blake3_levels;
using quipu::detail::blake3_tree;

namespace {

struct vector {
  std::size_t size;
  std::string_view hash;
  std::string_view keyed;
  std::string_view derived;
};

// github.com/BLAKE3-team/BLAKE3, test_vectors/test_vectors.json, the first 32 bytes of each output. The input is 0, 1,
// ... 250, 0, 1, ...
constexpr std::string_view key_text = "whats the Elvish word for friend";
constexpr std::string_view context = "BLAKE3 2019-12-27 16:29:52 test vectors context";
constexpr vector vectors[] = {
    {0, "af1349b9f5f9a1a6a0404dea36dcc9499bcb25c9adc112b7cc9a93cae41f3262",
     "92b2b75604ed3c761f9d6f62392c8a9227ad0ea3f09573e783f1498a4ed60d26",
     "2cc39783c223154fea8dfb7c1b1660f2ac2dcbd1c1de8277b0b0dd39b7e50d7d"},
    {1, "2d3adedff11b61f14c886e35afa036736dcd87a74d27b5c1510225d0f592e213",
     "6d7878dfff2f485635d39013278ae14f1454b8c0a3a2d34bc1ab38228a80c95b",
     "b3e2e340a117a499c6cf2398a19ee0d29cca2bb7404c73063382693bf66cb06c"},
    {63, "e9bc37a594daad83be9470df7f7b3798297c3d834ce80ba85d6e207627b7db7b",
     "bb1eb5d4afa793c1ebdd9fb08def6c36d10096986ae0cfe148cd101170ce37ae",
     "b6451e30b953c206e34644c6803724e9d2725e0893039cfc49584f991f451af3"},
    {64, "4eed7141ea4a5cd4b788606bd23f46e212af9cacebacdc7d1f4c6dc7f2511b98",
     "ba8ced36f327700d213f120b1a207a3b8c04330528586f414d09f2f7d9ccb7e6",
     "a5c4a7053fa86b64746d4bb688d06ad1f02a18fce9afd3e818fefaa7126bf73e"},
    {65, "de1e5fa0be70df6d2be8fffd0e99ceaa8eb6e8c93a63f2d8d1c30ecb6b263dee",
     "c0a4edefa2d2accb9277c371ac12fcdbb52988a86edc54f0716e1591b4326e72",
     "51fd05c3c1cfbc8ed67d139ad76f5cf8236cd2acd26627a30c104dfd9d3ff8a8"},
    {127, "d81293fda863f008c09e92fc382a81f5a0b4a1251cba1634016a0f86a6bd640d",
     "c64200ae7dfaf35577ac5a9521c47863fb71514a3bcad18819218b818de85818",
     "c91c090ceee3a3ac81902da31838012625bbcd73fcb92e7d7e56f78deba4f0c3"},
    {128, "f17e570564b26578c33bb7f44643f539624b05df1a76c81f30acd548c44b45ef",
     "b04fe15577457267ff3b6f3c947d93be581e7e3a4b018679125eaf86f6a628ec",
     "81720f34452f58a0120a58b6b4608384b5c51d11f39ce97161a0c0e442ca0225"},
    {1023, "10108970eeda3eb932baac1428c7a2163b0e924c9a9e25b35bba72b28f70bd11",
     "c951ecdf03288d0fcc96ee3413563d8a6d3589547f2c2fb36d9786470f1b9d6e",
     "74a16c1c3d44368a86e1ca6df64be6a2f64cce8f09220787450722d85725dea5"},
    {1024, "42214739f095a406f3fc83deb889744ac00df831c10daa55189b5d121c855af7",
     "75c46f6f3d9eb4f55ecaaee480db732e6c2105546f1e675003687c31719c7ba4",
     "7356cd7720d5b66b6d0697eb3177d9f8d73a4a5c5e968896eb6a689684302706"},
    {1025, "d00278ae47eb27b34faecf67b4fe263f82d5412916c1ffd97c8cb7fb814b8444",
     "357dc55de0c7e382c900fd6e320acc04146be01db6a8ce7210b7189bd664ea69",
     "effaa245f065fbf82ac186839a249707c3bddf6d3fdda22d1b95a3c970379bcb"},
    {2048, "e776b6028c7cd22a4d0ba182a8bf62205d2ef576467e838ed6f2529b85fba24a",
     "879cf1fa2ea0e79126cb1063617a05b6ad9d0b696d0d757cf053439f60a99dd1",
     "7b2945cb4fef70885cc5d78a87bf6f6207dd901ff239201351ffac04e1088a23"},
    {2049, "5f4d72f40d7a5f82b15ca2b2e44b1de3c2ef86c426c95c1af0b6879522563030",
     "9f29700902f7c86e514ddc4df1e3049f258b2472b6dd5267f61bf13983b78dd5",
     "2ea477c5515cc3dd606512ee72bb3e0e758cfae7232826f35fb98ca1bcbdf273"},
    {3072, "b98cb0ff3623be03326b373de6b9095218513e64f1ee2edd2525c7ad1e5cffd2",
     "044a0e7b172a312dc02a4c9a818c036ffa2776368d7f528268d2e6b5df191770",
     "050df97f8c2ead654d9bb3ab8c9178edcd902a32f8495949feadcc1e0480c46b"},
    {3073, "7124b49501012f81cc7f11ca069ec9226cecb8a2c850cfe644e327d22d3e1cd3",
     "68dede9bef00ba89e43f31a6825f4cf433389fedae75c04ee9f0cf16a427c95a",
     "72613c9ec9ff7e40f8f5c173784c532ad852e827dba2bf85b2ab4b76f7079081"},
    {4096, "015094013f57a5277b59d8475c0501042c0b642e531b0a1c8f58d2163229e969",
     "befc660aea2f1718884cd8deb9902811d332f4fc4a38cf7c7300d597a081bfc0",
     "1e0d7f3db8c414c97c6307cbda6cd27ac3b030949da8e23be1a1a924ad2f25b9"},
    {4097, "9b4052b38f1c5fc8b1f9ff7ac7b27cd242487b3d890d15c96a1c25b8aa0fb995",
     "00df940cd36bb9fa7cbbc3556744e0dbc8191401afe70520ba292ee3ca80abbc",
     "aca51029626b55fda7117b42a7c211f8c6e9ba4fe5b7a8ca922f34299500ead8"},
    {5120, "9cadc15fed8b5d854562b26a9536d9707cadeda9b143978f319ab34230535833",
     "2c493e48e9b9bf31e0553a22b23503c0a3388f035cece68eb438d22fa1943e20",
     "7a7acac8a02adcf3038d74cdd1d34527de8a0fcc0ee3399d1262397ce5817f60"},
    {8192, "aae792484c8efe4f19e2ca7d371d8c467ffb10748d8a5a1ae579948f718a2a63",
     "dc9637c8845a770b4cbf76b8daec0eebf7dc2eac11498517f08d44c8fc00d58a",
     "ad01d7ae4ad059b0d33baa3c01319dcf8088094d0359e5fd45d6aeaa8b2d0c3d"},
    {8193, "bab6c09cb8ce8cf459261398d2e7aef35700bf488116ceb94a36d0f5f1b7bc3b",
     "954a2a75420c8d6547e3ba5b98d963e6fa6491addc8c023189cc519821b4a1f5",
     "af1e0346e389b17c23200270a64aa4e1ead98c61695d917de7d5b00491c9b0f1"},
    {16384, "f875d6646de28985646f34ee13be9a576fd515f76b5b0a26bb324735041ddde4",
     "9e9fc4eb7cf081ea7c47d1807790ed211bfec56aa25bb7037784c13c4b707b0d",
     "160e18b5878cd0df1c3af85eb25a0db5344d43a6fbd7a8ef4ed98d0714c3f7e1"},
    {31744, "62b6960e1a44bcc1eb1a611a8d6235b6b4b78f32e7abc4fb4c6cdcce94895c47",
     "efa53b389ab67c593dba624d898d0f7353ab99e4ac9d42302ee64cbf9939a419",
     "39772aef80e0ebe60596361e45b061e8f417429d529171b6764468c22928e28e"},
    {102400, "bc3e3d41a1146b069abffad3c0d44860cf664390afce4d9661f7902e7943e085",
     "1c35d1a5811083fd7119f5d5d1ba027b4d01c0c6c49fb6ff2cf75393ea5db4a7",
     "4652cff7a3f385a6103b5c260fc1593e13c778dbe608efb092fe7ee69df6e9c6"},
};

constexpr std::array<std::byte, 32> make_key() {
  std::array<std::byte, 32> key{};
  for (std::size_t index = 0; index < key.size(); ++index) key[index] = static_cast<std::byte>(key_text[index]);
  return key;
}
constexpr std::array<std::byte, 32> key = make_key();

template <std::size_t size>
constexpr std::array<std::byte, size> pattern() {
  std::array<std::byte, size> data{};
  for (std::size_t index = 0; index < size; ++index) data[index] = static_cast<std::byte>(index % 251);
  return data;
}
std::vector<std::byte> pattern(std::size_t size) {
  std::vector<std::byte> data(size);
  for (std::size_t index = 0; index < size; ++index) data[index] = static_cast<std::byte>(index % 251);
  return data;
}

template <std::size_t which>
constexpr bool agrees_while_compiling() {
  constexpr vector expected = vectors[which];
  constexpr auto data = pattern<expected.size>();
  return blake3(data) == *digest::parse(expected.hash) && blake3_keyed(key, data) == *digest::parse(expected.keyed) &&
         blake3_derive_key(context, data) == *digest::parse(expected.derived);
}

// Each by itself, so that no compiler's limit of steps is met.
static_assert(agrees_while_compiling<0>() && agrees_while_compiling<1>() && agrees_while_compiling<2>());
static_assert(agrees_while_compiling<3>() && agrees_while_compiling<4>() && agrees_while_compiling<5>());
static_assert(agrees_while_compiling<6>());
static_assert(blake3(pattern<1025>()) ==
              *digest::parse("d00278ae47eb27b34faecf67b4fe263f82d5412916c1ffd97c8cb7fb814b8444"));

// Text and bytes, whole and in pieces, are one message.
static_assert(blake3("abc") == *digest::parse("6437b3ac38465133ffb63b75273a8db548c558465d79db03fd359c6cd5bd9d85"));
static_assert(blake3(std::string_view{"abc"}) == blake3("abc") && blake3(std::u8string_view{u8"abc"}) == blake3("abc"));
static_assert(blake3(std::array<unsigned char, 3>{'a', 'b', 'c'}) == blake3("abc"));
static_assert(blake3_hasher{}.update("a").update("").update(std::string_view{"bc"}).finish() == blake3("abc"));
static_assert(blake3_hasher::keyed(key).update("abc").finish() == blake3_keyed(key, "abc"));
static_assert(blake3_hasher::derive_key(context).update("abc").finish() == blake3_derive_key(context, "abc"));
static_assert(blake3_keyed(digest{key}, "abc") == blake3_keyed(key, "abc") &&
              blake3_keyed(key, "abc") != blake3("abc"));
static_assert(blake3_derive_key("a", "abc") != blake3_derive_key("b", "abc"));

std::vector<blake3_level> levels_here() {
  std::vector<blake3_level> levels;
  for (const blake3_level level : blake3_levels)
    if (blake3_can_run(level)) levels.push_back(level);
  return levels;
}

struct mode_of_use {
  quipu::detail::blake3_words key;
  std::uint32_t flags;
};
const mode_of_use modes[] = {
    {blake3_initial, 0},
    {quipu::detail::blake3_key_words(key), quipu::detail::blake3_flag::keyed},
    {quipu::detail::blake3_context_key(context), quipu::detail::blake3_flag::derive_key_material}};

}  // namespace

TEST_CASE("BLAKE3 of the official vectors at run time, by every way of computing", "[core][blake3]") {
  for (const vector& expected : vectors) {
    CAPTURE(expected.size);
    const auto data = pattern(expected.size);
    CHECK(blake3(data).str() == expected.hash);
    CHECK(blake3(bytes_view{data}).str() == expected.hash);
    CHECK(blake3_keyed(key, data).str() == expected.keyed);
    CHECK(blake3_derive_key(context, data).str() == expected.derived);
    const std::string_view texts[] = {expected.hash, expected.keyed, expected.derived};
    for (const blake3_level level : levels_here()) {
      CAPTURE(static_cast<int>(level));
      for (std::size_t mode = 0; mode < 3; ++mode)
        CHECK(blake3_hash(level, data.data(), data.size(), modes[mode].key, modes[mode].flags).str() == texts[mode]);
    }
  }
}

TEST_CASE("the ways of computing that this processor has include the portable one and the best", "[core][blake3]") {
  CHECK(levels_here().front() == blake3_level::portable);
  CHECK(levels_here().back() == quipu::detail::blake3_best_level());
}

TEST_CASE("BLAKE3 of every size below 200, as another program has it", "[core][blake3]") {
  // The hash of those hashes, by b3sum.
  const auto data = pattern(200);
  blake3_hasher whole;
  blake3_hasher many;
  for (std::uint32_t size = 0; size < 200; ++size) {
    whole.update(blake3(bytes_view{data.data(), size}).bytes());
    const std::byte* input = data.data();
    digest one;
    quipu::detail::blake3_many(&input, &size, 1, &one);
    many.update(one.bytes());
  }
  CHECK(whole.finish().str() == "25cd3f79ef0b2e1598f3298dab029b552134e86a93f91fe1e6d89d8f9ed7cf35");
  CHECK(many.finish() == whole.finish());
}

TEST_CASE("every way of computing gives the portable value at every short size and alignment", "[core][blake3]") {
  const auto data = pattern(3100);
  for (std::size_t size = 0; size <= 3000; size += size < 200 || (size > 1000 && size < 1100) ? 1 : 37) {
    const std::byte* from = data.data() + size % 67;
    for (const mode_of_use& mode : modes) {
      const digest expected = blake3_hash(blake3_level::portable, from, size, mode.key, mode.flags);
      for (const blake3_level level : levels_here())
        REQUIRE(blake3_hash(level, from, size, mode.key, mode.flags) == expected);
    }
  }
}

TEST_CASE("where a message is cut makes no difference", "[core][blake3]") {
  const auto data = pattern(5000);
  const bytes_view all{data};
  for (const std::size_t size : {1U, 64U, 65U, 128U, 1024U, 1025U, 2048U, 3073U, 5000U}) {
    const digest whole = blake3(all.subview(0, size));
    for (const blake3_level level : levels_here()) {
      for (const std::size_t step : {1U, 3U, 63U, 64U, 65U, 1000U, 1024U, 1025U}) {
        blake3_tree tree{level, blake3_initial, 0};
        for (std::size_t at = 0; at < size; at += step) {
          const bytes_view piece = all.subview(0, size).subview(at, step);
          tree.update(piece.data(), piece.size());
        }
        REQUIRE(tree.finish() == whole);
      }
    }
  }
}

TEST_CASE(
    "chunks of a long message at once give the portable value, at every number of them and wherever a piece begins",
    "[core][blake3]") {
  constexpr std::size_t chunk = 1024;
  const auto data = pattern(67 * chunk + 1);
  const bytes_view all{data};
  std::vector<std::size_t> sizes;
  for (std::size_t count = 1; count <= 67; ++count)
    for (const std::size_t size : {count * chunk - 1, count * chunk, count * chunk + 1}) sizes.push_back(size);
  std::size_t number = 0;
  for (const std::size_t size : sizes) {
    const mode_of_use& mode = modes[number++ % 3];
    CAPTURE(size, mode.flags);
    const digest expected = blake3_hash(blake3_level::portable, data.data(), size, mode.key, mode.flags);
    for (const blake3_level level : levels_here()) {
      REQUIRE(blake3_hash(level, data.data(), size, mode.key, mode.flags) == expected);
      // The first piece ends so many chunks in, so that the next one's aren't a subtree by themselves; or in the middle
      // of a chunk.
      for (const std::size_t first :
           {chunk, 2 * chunk, 5 * chunk, 8 * chunk, 16 * chunk, 17 * chunk + 64, 19 * chunk + 1}) {
        if (first >= size) continue;
        blake3_tree tree{level, mode.key, mode.flags};
        tree.update(data.data(), first);
        tree.update(data.data() + first, size - first);
        REQUIRE(tree.finish() == expected);
      }
    }
  }
}

TEST_CASE("a hasher can go on after it was asked, and its copy by itself", "[core][blake3]") {
  const auto data = pattern(4100);
  const bytes_view all{data};
  blake3_hasher hasher;
  CHECK(hasher.finish() == blake3(""));
  hasher.update(all.subview(0, 3000));
  CHECK(hasher.finish() == blake3(all.subview(0, 3000)));
  CHECK(hasher.finish() == blake3(all.subview(0, 3000)));
  blake3_hasher copy = hasher;
  copy.update(all.subview(3000));
  hasher.update("else");
  CHECK(copy.finish() == blake3(all));
  CHECK(hasher.finish() != copy.finish());
  hasher = copy;
  CHECK(hasher.finish() == blake3(all));
}

TEST_CASE("many short messages at once have the hashes that each has by itself", "[core][blake3]") {
  const auto data = pattern(4000);
  for (const std::size_t count : {0U, 1U, 2U, 3U, 4U, 5U, 7U, 8U, 9U, 15U, 16U, 17U, 31U, 33U, 100U}) {
    std::vector<const std::byte*> inputs;
    std::vector<std::uint32_t> sizes;
    std::uint32_t noise = static_cast<std::uint32_t>(count) + 1;
    for (std::size_t index = 0; index < count; ++index) {
      noise = noise * 1664525U + 1013904223U;
      inputs.push_back(data.data() + (noise >> 8) % 2900);
      constexpr std::uint32_t edges[] = {0, 1, 63, 64, 65, 128, 1023, 1024};
      sizes.push_back(index % 3 == 0 ? edges[(noise >> 20) % 8] : (noise >> 20) % 1025);
    }
    for (const mode_of_use& mode : modes) {
      std::vector<digest> expected;
      for (std::size_t index = 0; index < count; ++index)
        expected.push_back(blake3_hash(blake3_level::portable, inputs[index], sizes[index], mode.key, mode.flags));
      for (const blake3_level level : levels_here()) {
        CAPTURE(count, static_cast<int>(level));
        std::vector<digest> found(count);
        quipu::detail::blake3_many_at(level, inputs.data(), sizes.data(), count, found.data(), mode.key, mode.flags);
        REQUIRE(found == expected);
      }
      std::vector<digest> found(count);
      quipu::detail::blake3_many(inputs.data(), sizes.data(), count, found.data(), mode.key, mode.flags);
      REQUIRE(found == expected);
    }
  }
}

TEST_CASE("every size of a message among many equal ones", "[core][blake3]") {
  const auto data = pattern(1100);
  std::array<const std::byte*, 16> inputs;
  std::array<std::uint32_t, 16> sizes;
  std::array<digest, 16> found;
  for (std::uint32_t size = 0; size <= 1024; ++size) {
    for (std::uint32_t lane = 0; lane < 16; ++lane) {
      inputs[lane] = data.data() + lane;
      sizes[lane] = size;
    }
    for (const blake3_level level : levels_here()) {
      quipu::detail::blake3_many_at(level, inputs.data(), sizes.data(), 16, found.data());
      for (const std::size_t lane : {0U, 3U, 7U, 15U})
        REQUIRE(found[lane] == blake3_hash(blake3_level::portable, inputs[lane], size, blake3_initial, 0));
    }
  }
}

TEST_CASE("BLAKE3 notices every flipped bit", "[core][blake3]") {
  auto data = pattern(1500);
  const digest whole = blake3(data);
  for (std::size_t bit = 0; bit < data.size() * 8; bit += 11) {
    const auto mask = static_cast<std::byte>(1U << bit % 8);
    data[bit / 8] ^= mask;
    REQUIRE(blake3(data) != whole);
    data[bit / 8] ^= mask;
  }
}
