// SPDX-License-Identifier: BSL-1.0
//
// hostile.cpp: includes quipu where every one-letter name is a macro, as in some programs. Boost's headers use such
// names, so they are included before.
#include <boost/hana/adapt_struct.hpp>
#include <boost/hana/at.hpp>
#include <boost/hana/basic_tuple.hpp>
#include <boost/hana/define_struct.hpp>
#include <boost/hana/fold_left.hpp>
#include <boost/hana/for_each.hpp>
#include <boost/hana/unpack.hpp>
#include <boost/mpl/bool.hpp>
#include <boost/serialization/array_wrapper.hpp>
#include <boost/serialization/collection_size_type.hpp>
#include <boost/serialization/item_version_type.hpp>
#include <boost/serialization/library_version_type.hpp>
#include <boost/serialization/nvp.hpp>
#include <boost/serialization/version.hpp>
#include <boost/uuid/uuid.hpp>

#define A quipu_was_broken_by_a_macro
#define B quipu_was_broken_by_a_macro
#define C quipu_was_broken_by_a_macro
#define D quipu_was_broken_by_a_macro
#define E quipu_was_broken_by_a_macro
#define F quipu_was_broken_by_a_macro
#define G quipu_was_broken_by_a_macro
#define H quipu_was_broken_by_a_macro
#define I quipu_was_broken_by_a_macro
#define J quipu_was_broken_by_a_macro
#define K quipu_was_broken_by_a_macro
#define L quipu_was_broken_by_a_macro
#define M quipu_was_broken_by_a_macro
#define N quipu_was_broken_by_a_macro
#define O quipu_was_broken_by_a_macro
#define P quipu_was_broken_by_a_macro
#define Q quipu_was_broken_by_a_macro
#define R quipu_was_broken_by_a_macro
#define S quipu_was_broken_by_a_macro
#define T quipu_was_broken_by_a_macro
#define U quipu_was_broken_by_a_macro
#define V quipu_was_broken_by_a_macro
#define W quipu_was_broken_by_a_macro
#define X quipu_was_broken_by_a_macro
#define Y quipu_was_broken_by_a_macro
#define Z quipu_was_broken_by_a_macro

#include <quipu.hpp>

#undef A
#undef B
#undef C
#undef D
#undef E
#undef F
#undef G
#undef H
#undef I
#undef J
#undef K
#undef L
#undef M
#undef N
#undef O
#undef P
#undef Q
#undef R
#undef S
#undef T
#undef U
#undef V
#undef W
#undef X
#undef Y
#undef Z

#include "identity_here.hpp"

namespace odr_tests {

identity seen_by_hostile() { return identity_here(); }

}  // namespace odr_tests
