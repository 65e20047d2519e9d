// SPDX-License-Identifier: BSL-1.0
//
// error.hpp: the failures of the library. `errc` is a closed, numbered list of codes; the numbers never change their
// meaning. `error` is the exception that carries a code and its details.
#pragma once

#include <cstdint>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>

namespace quipu {

/// The codes of failures.
enum class errc : std::uint16_t {
  invalid_argument = 1,      ///< an argument outside its documented range
  invalid_coordinate = 2,    ///< an entity or scope that is empty, longer than 1,024 bytes, or contains a NUL
  configuration = 3,         ///< a `config` value out of range; the message names the field
  payload_too_large = 4,     ///< an encoded event over `config.payload_max_bytes`, or a batch over its limits
  not_found = 5,             ///< no such event, file or directory
  conflict = 6,              ///< the log contradicts an expected version or a state machine's table
  idempotency_mismatch = 7,  ///< an idempotency key that was used before for another event
  kind_mismatch = 8,         ///< an event of another kind than it is read as, or than a strict consumer knows
  decode_failed = 9,         ///< bytes that are not an encoding of the requested type
  encode_failed = 10,        ///< a value that has no encoding (a valueless variant, a time out of range)
  schema_drift = 11,         ///< an event type whose shape differs from the one in the log, without a new version
  corrupt = 12,              ///< stored bytes that fail verification, with path and offset
  unsupported_format = 13,   ///< a file written by a newer version of the format
  locked = 14,               ///< another writer holds the directory
  // 15 is retired: it stood for writes to a store opened for reading, which has no member that writes.
  io_failed = 16,      ///< a system call failed; `system_error()` is its number
  storage_full = 17,   ///< the device, a quota or a file size limit is exhausted
  cache_failed = 18,   ///< an I/O error of the projection cache (a damaged entry is a miss)
  closed = 19,         ///< the store was closed
  writer_failed = 20,  ///< an earlier flush failed; the store accepts no write until it is reopened
  timeout = 21,        ///< a wait ended at its time limit
  cancelled = 22,      ///< the operation was cancelled
  busy = 23,           ///< try again later: the writer is over its pressure limit, or a fence or name is in use
  unavailable = 24,    ///< a shared log was not reached in time; nothing was appended
  trimmed = 25,        ///< the position of a shared log that is asked for was removed
  diverged = 26,       ///< a replica and the shared log contradict each other
};

/// Returns the name of a code as it is spelled in `errc`; "unknown" for other values.
[[nodiscard]] constexpr std::string_view name_of(errc code) noexcept {
  switch (code) {
    case errc::invalid_argument:
      return "invalid_argument";
    case errc::invalid_coordinate:
      return "invalid_coordinate";
    case errc::configuration:
      return "configuration";
    case errc::payload_too_large:
      return "payload_too_large";
    case errc::not_found:
      return "not_found";
    case errc::conflict:
      return "conflict";
    case errc::idempotency_mismatch:
      return "idempotency_mismatch";
    case errc::kind_mismatch:
      return "kind_mismatch";
    case errc::decode_failed:
      return "decode_failed";
    case errc::encode_failed:
      return "encode_failed";
    case errc::schema_drift:
      return "schema_drift";
    case errc::corrupt:
      return "corrupt";
    case errc::unsupported_format:
      return "unsupported_format";
    case errc::locked:
      return "locked";
    case errc::io_failed:
      return "io_failed";
    case errc::storage_full:
      return "storage_full";
    case errc::cache_failed:
      return "cache_failed";
    case errc::closed:
      return "closed";
    case errc::writer_failed:
      return "writer_failed";
    case errc::timeout:
      return "timeout";
    case errc::cancelled:
      return "cancelled";
    case errc::busy:
      return "busy";
    case errc::unavailable:
      return "unavailable";
    case errc::trimmed:
      return "trimmed";
    case errc::diverged:
      return "diverged";
  }
  return "unknown";
}

/// The exception of the library. Details that do not apply are empty. `what()` is one line: the message and all details
/// as text, control characters as `\xNN`.
class error : public std::runtime_error {
 public:
  /// The details of an error.
  struct details {
    std::string path{};                       ///< the file or directory
    std::optional<std::uint64_t> offset{};    ///< byte offset in the file
    std::optional<std::uint64_t> expected{};  ///< the expected sequence, size or number
    std::optional<std::uint64_t> actual{};    ///< the actual sequence, size or number
    int system_error{};                       ///< `errno`, or 0
  };

  error(errc code, const std::string& message) : error{code, message, details{}} {}
  error(errc code, const std::string& message, details about);

  [[nodiscard]] errc code() const noexcept { return code_; }
  [[nodiscard]] const std::string& path() const noexcept { return details_.path; }
  [[nodiscard]] std::optional<std::uint64_t> offset() const noexcept { return details_.offset; }
  [[nodiscard]] std::optional<std::uint64_t> expected() const noexcept { return details_.expected; }
  [[nodiscard]] std::optional<std::uint64_t> actual() const noexcept { return details_.actual; }
  [[nodiscard]] int system_error() const noexcept { return details_.system_error; }

 private:
  static std::string compose(errc code, const std::string& message, const details& about);

  errc code_;
  details details_;
};

}  // namespace quipu
