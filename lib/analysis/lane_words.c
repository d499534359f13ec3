/* lane_words.c - where are the plain words, with the instructions that the CPU has for it? */
#define PRS_LANE_WORDS prs_lane_words_base
#include "analysis/lane_words_kernel.h"

#include "base/cpu.h"

#ifdef __x86_64__
uint32_t prs_lane_words_avx2(const uint8_t *text, uint32_t len, bool spaced, prs_lane_queue *queue,
                             bool *stop);
uint32_t prs_lane_words_avx512(const uint8_t *text, uint32_t len, bool spaced,
                               prs_lane_queue *queue, bool *stop);
#endif

uint32_t prs_lane_words(const uint8_t *text, uint32_t len, bool spaced, prs_lane_queue *queue,
                        bool *stop) {
    switch (prs_cpu()) {
#ifdef __x86_64__
    case PRS_CPU_AVX512: return prs_lane_words_avx512(text, len, spaced, queue, stop);
    case PRS_CPU_AVX2: return prs_lane_words_avx2(text, len, spaced, queue, stop);
#endif
    default: return prs_lane_words_base(text, len, spaced, queue, stop);
    }
}
