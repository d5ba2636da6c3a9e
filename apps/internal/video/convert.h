// Colours between BGRX and full-range YCbCr with the weights of ITU-R BT.601. With one chroma sample for each pixel no colour
// is off by more than one there and back (52.9 dB over all 2^24 colours; rounding alone leaves 53.1), and greys are exact.
// Plain C that compilers make vectors of: all sums fit into 16 bits.
#ifndef DESKHAND_VIDEO_CONVERT_H
#define DESKHAND_VIDEO_CONVERT_H

#include <stddef.h>
#include <stdint.h>

// convert_to_planes converts a row of n pixels.
void convert_to_planes(const uint8_t *bgrx, uint8_t *y, uint8_t *u, uint8_t *v, size_t n);

// convert_to_pixels converts a row of n pixels back, with 255 as the fourth byte.
void convert_to_pixels(const uint8_t *y, const uint8_t *u, const uint8_t *v, uint8_t *bgrx, size_t n);

// convert_halve makes one sample of every four of two rows of n; the last of an odd row stands for two.
void convert_halve(const uint8_t *a, const uint8_t *b, uint8_t *half, size_t n);

// convert_double makes a row of n samples of the nearer and the farther row of half as many. What is between takes n/2 + 3.
void convert_double(const uint8_t *near, const uint8_t *far, uint16_t *between, uint8_t *full, size_t n);

// convert_difference sums up the absolute differences of two rows.
uint32_t convert_difference(const uint8_t *a, const uint8_t *b, size_t n);

#endif
