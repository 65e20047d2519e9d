// SPDX-License-Identifier: BSL-1.0
//
// program.cpp: see program.hpp.
#include "program.hpp"

#include <unistd.h>

#include <cstddef>
#include <new>
#include <stdexcept>
#include <string>

namespace torture {

void work_endlessly(program& on, std::uint64_t seed) {
  writer& with = on.with;
  seeded random{seed};
  for (with.open();;) {
    const auto how = random.below(2) == 0 ? durability::durable : durability::buffered;
    switch (random.below(12)) {
      case 0:
        with.sync();
        break;
      case 1:
        with.close();
        with.open();
        break;
      case 2:
      case 3:
        with.append_batch(3, how);
        break;
      case 4:
        with.append("large", 600 + random.below(1400), how);
        break;
      case 5:
        if (random.below(4) == 0) static_cast<void>(with.events().compact(quipu::compaction::merge()));
        break;
      case 6:
        consume_with_cursor(with.events(), on.cursor);
        break;
      case 7:
        if (!let_worker_work(with.events(), on.worker)) throw std::runtime_error{"the worker doesn't come to the end"};
        on.worker.acknowledge();
        break;
      default:
        with.append("entity:" + std::to_string(random.below(4)), random.below(200), how);
        break;
    }
  }
}

namespace {

void append_in_every_way(writer& with) {
  with.append("alice", 40, durability::durable);
  with.append("bob", 10, durability::buffered);
  with.append_batch(3, durability::durable);
  with.append("large", 2000, durability::durable);
  with.append("large", 2000, durability::durable);  // has no room in the segment of the first
  with.append_batch(3, durability::buffered);
}

}  // namespace

void work_by_script(program& on) {
  on.with.open();
  append_in_every_way(on.with);
  on.with.sync();
  consume_with_cursor(on.with.events(), on.cursor);
  static_cast<void>(on.with.events().compact(quipu::compaction::merge()));
  on.with.append("alice", 40, durability::durable);
  on.with.close();
  on.with.open();
  on.with.append("alice", 40, durability::durable);
  consume_with_cursor(on.with.events(), on.cursor);
  on.with.close();
}

void work_by_script_to_an_error(program& on) {
  try {
    work_by_script(on);
  } catch (const quipu::error&) {
    on.with.drop();
  } catch (const std::bad_alloc&) {
    on.with.drop();
  }
}

void work_and_leave(program& on) {
  on.with.open();
  append_in_every_way(on.with);
  ::_exit(0);
}

}  // namespace torture
