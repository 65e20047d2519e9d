// SPDX-License-Identifier: BSL-1.0
//
// text_pool_test.cpp: kept texts stay where they are, whatever is kept after them.
#ifdef QUIPU_TEST_SINGLE_HEADER
#include <quipu.hpp>
#else
#include <quipu/core/detail/text_pool.hpp>
#endif

#include <catch2/catch.hpp>

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

TEST_CASE("kept texts are copies whose addresses stay", "[core][text_pool]") {
  quipu::detail::text_pool pool;
  std::vector<std::string> texts;
  std::vector<std::string_view> kept;
  std::vector<const char*> places;
  for (const std::size_t size : {1U, 0U, 100U, 16'383U, 0U, 16'384U, 16'385U, 50'000U, 1U, 0U}) {
    texts.push_back(std::string(size, static_cast<char>('a' + texts.size())));
    kept.push_back(pool.keep(texts.back()));
    places.push_back(kept.back().data());
  }
  for (std::size_t index = 0; index < texts.size(); ++index) {
    CHECK(kept[index] == texts[index]);
    CHECK(kept[index].data() == places[index]);
    CHECK((kept[index].empty() || kept[index].data() != texts[index].data()));
  }
}
