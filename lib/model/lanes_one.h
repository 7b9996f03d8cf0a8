/* SPDX-License-Identifier: MIT */
/* For model/lanes_each.h alone: the kernel for the width that is defined. */
#define LANES_FUNCTION LANES_TARGET static
#define LANES_FLOATS (2 * LANES)
#define LANES_INLINE LANES_TARGET static inline __attribute__((always_inline, unused))
/* modulo 2^64, where plain + and - must not overflow */
#define lanes_plus_int(a, b) ((lanes_int)((lanes_word)(a) + (lanes_word)(b)))
#define lanes_minus_int(a, b) ((lanes_int)((lanes_word)(a) - (lanes_word)(b)))
#include LANES_KERNEL
#undef lanes_plus_int
#undef lanes_minus_int
#undef LANES
#undef LANES_FLOATS
#undef LANES_NAME
#undef LANES_TARGET
#undef LANES_FUNCTION
#undef LANES_INLINE
#undef LANES_NUMBERS
#undef lanes_real
#undef lanes_int
#undef lanes_word
#undef lanes_mask
#undef lanes_load
#undef lanes_store
#undef lanes_load_int
#undef lanes_store_int
#undef lanes_all
#undef lanes_all_int
#undef lanes_less
#undef lanes_less_int
#undef lanes_equal_int
#undef lanes_pick
#undef lanes_pick_int
#undef lanes_least
#undef lanes_most
#undef lanes_root
#undef lanes_float
#undef lanes_float_mask
#undef lanes_load_float
#undef lanes_store_float
#undef lanes_all_float
#undef lanes_all_bits
#undef lanes_less_float
#undef lanes_pick_float
#undef lanes_least_float
#undef lanes_add_product
