/* SPDX-License-Identifier: MIT */
/*
 * Included after #define LANES_KERNEL "model/x_kernel.h": that file for each
 * width, see model/lanes.h.  What a kernel may use beside + - * & | on vectors:
 *
 *	lanes_load(p), lanes_store(p, v)        LANES doubles, at any address
 *	lanes_load_int(p), lanes_store_int(p, v)
 *	lanes_all(x), lanes_all_int(i)          the same value in each lane
 *	lanes_less(a, b)                        a lanes_mask
 *	lanes_less_int(a, b), lanes_equal_int(a, b)
 *	lanes_pick(mask, a, b), lanes_pick_int(mask, a, b)   a where the mask is set, else b
 *	lanes_least(a, b)                       a where it is less, else b
 *	lanes_most(a, b)                        a where it is more, else b
 *	lanes_root(v)                           square roots, correctly rounded
 *	LANES_NUMBERS                           { 0, 1, ... }
 *
 * and LANES_FLOATS = 2 * LANES floats, lanes_float, with a lanes_float_mask:
 *
 *	lanes_load_float, lanes_store_float, lanes_all_float, lanes_less_float,
 *	lanes_pick_float, lanes_least_float
 *	lanes_all_bits(i)                       the bits of an int32_t in each lane
 *	lanes_add_product(s, a, b)              s + a * b, of which the product may or may
 *	                                        not be rounded: for bounds alone
 */
#include "model/lanes.h"

#ifdef LANES_X86

#define LANES 8
#define LANES_NAME(name) LANES_JOIN(name, avx512)
#define LANES_TARGET __attribute__((target("avx512f")))
#define lanes_real lanes_real8
#define lanes_int lanes_int8
#define lanes_word lanes_word8
#define lanes_mask __mmask8
#define LANES_NUMBERS ((lanes_int){ 0, 1, 2, 3, 4, 5, 6, 7 })
#define lanes_load(p) ((lanes_real)_mm512_loadu_pd(p))
#define lanes_store(p, v) _mm512_storeu_pd((p), (__m512d)(v))
#define lanes_load_int(p) ((lanes_int)_mm512_loadu_si512(p))
#define lanes_store_int(p, v) _mm512_storeu_si512((p), (__m512i)(v))
#define lanes_all(x) ((lanes_real)_mm512_set1_pd(x))
#define lanes_all_int(i) ((lanes_int)_mm512_set1_epi64(i))
#define lanes_less(a, b) _mm512_cmp_pd_mask((__m512d)(a), (__m512d)(b), _CMP_LT_OQ)
#define lanes_less_int(a, b) _mm512_cmplt_epi64_mask((__m512i)(a), (__m512i)(b))
#define lanes_equal_int(a, b) _mm512_cmpeq_epi64_mask((__m512i)(a), (__m512i)(b))
#define lanes_pick(m, a, b) ((lanes_real)_mm512_mask_blend_pd((m), (__m512d)(b), (__m512d)(a)))
#define lanes_pick_int(m, a, b) \
	((lanes_int)_mm512_mask_blend_epi64((m), (__m512i)(b), (__m512i)(a)))
#define lanes_least(a, b) ((lanes_real)_mm512_min_pd((__m512d)(a), (__m512d)(b)))
#define lanes_most(a, b) ((lanes_real)_mm512_max_pd((__m512d)(a), (__m512d)(b)))
#define lanes_root(v) ((lanes_real)_mm512_sqrt_pd((__m512d)(v)))
#define lanes_float lanes_float16
#define lanes_float_mask __mmask16
#define lanes_load_float(p) ((lanes_float)_mm512_loadu_ps(p))
#define lanes_store_float(p, v) _mm512_storeu_ps((p), (__m512)(v))
#define lanes_all_float(x) ((lanes_float)_mm512_set1_ps(x))
#define lanes_all_bits(i) ((lanes_float)_mm512_set1_epi32(i))
#define lanes_less_float(a, b) _mm512_cmp_ps_mask((__m512)(a), (__m512)(b), _CMP_LT_OQ)
#define lanes_pick_float(m, a, b) \
	((lanes_float)_mm512_mask_blend_ps((m), (__m512)(b), (__m512)(a)))
#define lanes_least_float(a, b) ((lanes_float)_mm512_min_ps((__m512)(a), (__m512)(b)))
#define lanes_add_product(s, a, b) \
	((lanes_float)_mm512_fmadd_ps((__m512)(a), (__m512)(b), (__m512)(s)))
#include "model/lanes_one.h"

#define LANES 4
#define LANES_NAME(name) LANES_JOIN(name, avx2)
#define LANES_TARGET __attribute__((target("avx2,fma")))
#define lanes_real lanes_real4
#define lanes_int lanes_int4
#define lanes_word lanes_word4
#define lanes_mask lanes_int4
#define LANES_NUMBERS ((lanes_int){ 0, 1, 2, 3 })
#define lanes_load(p) ((lanes_real)_mm256_loadu_pd(p))
#define lanes_store(p, v) _mm256_storeu_pd((p), (__m256d)(v))
#define lanes_load_int(p) ((lanes_int)_mm256_loadu_si256((const __m256i *)(p)))
#define lanes_store_int(p, v) _mm256_storeu_si256((__m256i *)(p), (__m256i)(v))
#define lanes_all(x) ((lanes_real)_mm256_set1_pd(x))
#define lanes_all_int(i) ((lanes_int)_mm256_set1_epi64x(i))
#define lanes_less(a, b) ((lanes_int)_mm256_cmp_pd((__m256d)(a), (__m256d)(b), _CMP_LT_OQ))
#define lanes_less_int(a, b) ((lanes_int)_mm256_cmpgt_epi64((__m256i)(b), (__m256i)(a)))
#define lanes_equal_int(a, b) ((lanes_int)_mm256_cmpeq_epi64((__m256i)(a), (__m256i)(b)))
#define lanes_pick(m, a, b) \
	((lanes_real)_mm256_blendv_pd((__m256d)(b), (__m256d)(a), (__m256d)(m)))
#define lanes_pick_int(m, a, b) ((lanes_int)lanes_pick(m, a, b))
#define lanes_least(a, b) ((lanes_real)_mm256_min_pd((__m256d)(a), (__m256d)(b)))
#define lanes_most(a, b) ((lanes_real)_mm256_max_pd((__m256d)(a), (__m256d)(b)))
#define lanes_root(v) ((lanes_real)_mm256_sqrt_pd((__m256d)(v)))
#define lanes_float lanes_float8
#define lanes_float_mask lanes_float8
#define lanes_load_float(p) ((lanes_float)_mm256_loadu_ps(p))
#define lanes_store_float(p, v) _mm256_storeu_ps((p), (__m256)(v))
#define lanes_all_float(x) ((lanes_float)_mm256_set1_ps(x))
#define lanes_all_bits(i) ((lanes_float)_mm256_set1_epi32(i))
#define lanes_less_float(a, b) ((lanes_float)_mm256_cmp_ps((__m256)(a), (__m256)(b), _CMP_LT_OQ))
#define lanes_pick_float(m, a, b) \
	((lanes_float)_mm256_blendv_ps((__m256)(b), (__m256)(a), (__m256)(m)))
#define lanes_least_float(a, b) ((lanes_float)_mm256_min_ps((__m256)(a), (__m256)(b)))
#define lanes_add_product(s, a, b) \
	((lanes_float)_mm256_fmadd_ps((__m256)(a), (__m256)(b), (__m256)(s)))
#include "model/lanes_one.h"

#endif

#define LANES 2
#define LANES_NAME(name) LANES_JOIN(name, plain)
#define LANES_TARGET
#define lanes_real lanes_real2
#define lanes_int lanes_int2
#define lanes_word lanes_word2
#define lanes_mask lanes_int2
#define LANES_NUMBERS ((lanes_int){ 0, 1 })
#define lanes_load(p) ((lanes_real){ (p)[0], (p)[1] })
#define lanes_store(p, v) memcpy((p), &(v), sizeof(lanes_real))
#define lanes_load_int(p) ((lanes_int){ (p)[0], (p)[1] })
#define lanes_store_int(p, v) memcpy((p), &(v), sizeof(lanes_int))
#define lanes_all(x) ((lanes_real){ (x), (x) })
#define lanes_all_int(i) ((lanes_int){ (int64_t)(i), (int64_t)(i) })
#define lanes_less(a, b) ((a) < (b))
#define lanes_less_int(a, b) ((a) < (b))
#define lanes_equal_int(a, b) ((a) == (b))
#define lanes_pick(m, a, b) ((lanes_real)(((m) & (lanes_int)(a)) | (~(m) & (lanes_int)(b))))
#define lanes_pick_int(m, a, b) (((m) & (a)) | (~(m) & (b)))
#define lanes_least(a, b) lanes_pick(lanes_less(a, b), a, b)
#define lanes_most(a, b) lanes_pick(lanes_less(b, a), a, b)
#define lanes_root(v) ((lanes_real){ __builtin_sqrt((v)[0]), __builtin_sqrt((v)[1]) })
#define lanes_float lanes_float4
#define lanes_float_mask lanes_bits4
#define lanes_load_float(p) ((lanes_float){ (p)[0], (p)[1], (p)[2], (p)[3] })
#define lanes_store_float(p, v) memcpy((p), &(v), sizeof(lanes_float))
#define lanes_all_float(x) ((lanes_float){ (x), (x), (x), (x) })
#define lanes_all_bits(i) ((lanes_float)(lanes_bits4){ (i), (i), (i), (i) })
#define lanes_less_float(a, b) ((a) < (b))
#define lanes_pick_float(m, a, b) \
	((lanes_float)(((m) & (lanes_bits4)(a)) | (~(m) & (lanes_bits4)(b))))
#define lanes_least_float(a, b) lanes_pick_float(lanes_less_float(a, b), a, b)
#define lanes_add_product(s, a, b) ((s) + (a) * (b))
#include "model/lanes_one.h"

#undef LANES_KERNEL
