// SPDX-License-Identifier: BSL-1.0
//
// parts.cpp: the parts of the torture program.
#include "part.hpp"

#include <array>
#include <span>

namespace torture {

int run_exhaustive(const options& given);
int run_random(const options& given);
int run_bits(const options& given);
int run_truncate(const options& given);
int run_damage(const options& given);
int run_fuzz(const options& given);
int run_kill9(const options& given);
int run_visibility(const options& given);
int run_syscalls(const options& given);
int run_powercut(const options& given);
int run_flakey(const options& given);
int run_limits(const options& given);
int run_soak(const options& given);
/// The program of `syscalls`, in a folder that `--only` names.
int run_script(const options& given);
/// What the machine of `flakey` runs; `--only` names a folder of the machine that started it.
int run_flakey_machine(const options& given);

std::span<const named_part> parts() {
  static constexpr std::array all{
      named_part{"exhaustive", run_exhaustive},
      named_part{"random", run_random},
      named_part{"bits", run_bits},
      named_part{"truncate", run_truncate},
      named_part{"damage", run_damage},
      named_part{"fuzz", run_fuzz},
      named_part{"kill9", run_kill9},
      named_part{"visibility", run_visibility},
      named_part{"syscalls", run_syscalls},
      named_part{"powercut", run_powercut},
      named_part{"flakey", run_flakey},
      named_part{"limits", run_limits},
      named_part{"soak", run_soak},
      named_part{"script", run_script},
      named_part{"flakey_machine", run_flakey_machine},
  };
  return all;
}

}  // namespace torture
