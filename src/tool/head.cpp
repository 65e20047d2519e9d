// SPDX-License-Identifier: BSL-1.0
//
// head.cpp: `quipu head`: the hash over all events, to be kept elsewhere.
#include "commands.hpp"
#include "source.hpp"

namespace quipu::tool {

exit_code head(context& of, const std::string& store) {
  source from{of, store};
  if (!from.store().diagnostics().chained)
    throw command_failure{exit_code::unusable, "the store keeps no hash chain, so its log has no head"};
  const auto hash = [&]() -> std::optional<digest> {
    if (from.is_damaged()) return std::nullopt;
    try {
      return from.store().head();
    } catch (const error& failure) {
      from.salvage_after(failure);
      return std::nullopt;
    }
  }();
  of.answer(of.code(), json_object{}
                           .add_json("head", hash ? json_string(hash->str()) : "null")
                           .add("events", from.store().end_sequence())
                           .str());
  if (!of.options.json) of.out.line(hash ? hash->str() : "unknown, because the log is damaged");
  return of.code();
}

}  // namespace quipu::tool
