// SPDX-License-Identifier: BSL-1.0
//
// read_only_store.hpp: a store that is only read while another process, or another object in this one, writes it. It
// has no writing members and takes no lock; any number of them may follow one writer.
#pragma once

#include "../cache/detail/cache_interface.hpp"
#include "../cache/projection_cache.hpp"
#include "../journal/config.hpp"
#include "../macros.hpp"
#include "detail/refused_arguments.hpp"
#include "detail/store_core.hpp"
#include "receipts.hpp"
#include "store_reader.hpp"

#include <memory>
#include <utility>

namespace quipu::inline QUIPU_MODE {

/// Each answer is of the log as it is when the question is asked. An event is visible when it is in the file, which may
/// be a moment before the writer's append returns; never half a batch, never with a gap. Everything may be called from
/// several threads at once, but for construction, moving and destruction. In a forked child of the process that opened
/// it, members throw `errc::locked`: open one of your own there.
class read_only_store : public store_reader {
 public:
  /// Opens the store in `settings.directory`. Of the settings, those of the cache, the clock and the environment count,
  /// and the sizes: where a segment that was being written when this opened it grows past `segment_max_bytes` by more
  /// than the largest commit that `batch` and `payload_max_bytes` allow, reading throws `errc::configuration`. Throws
  /// `errc::not_found` where there is no store, `errc::configuration`, `errc::corrupt`, `errc::unsupported_format`,
  /// `errc::io_failed`. An unfinished commit at the end of the log is ignored and left to the writer.
  explicit read_only_store(const config& settings);
  /// A compile error: a directory alone is not a configuration.
  template <detail::names_a_directory Given, class... Cache>
  explicit read_only_store(const Given&, const Cache&...) : read_only_store{detail::refuse_directory<Given>()} {}
  template <projection_cache Cache>
  read_only_store(const config& settings, Cache cache)
      : read_only_store{settings, detail::hold_cache(std::move(cache))} {}

  /// Every later call throws `errc::closed`; ranges and views that were given out stay valid.
  void close() noexcept { close_core(); }

  /// The counts of the log as it is now; those of writing are 0. Throws `errc::closed` and reading errors.
  [[nodiscard]] store_stats stats();
  /// How the store is: with `open_policy::salvage`, what was left out because it is damaged. Throws `errc::closed`.
  [[nodiscard]] store_diagnostics diagnostics();

 private:
  read_only_store(const config& settings, std::unique_ptr<detail::cache_interface> cache);

  [[nodiscard]] detail::reader_core& reader() const;
};

}  // namespace quipu::inline QUIPU_MODE
