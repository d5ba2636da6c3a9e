//go:build cgo && (linux || windows) && !nocodecs

#include "convert.h"

#include <stdlib.h>
#include <string.h>

enum { block = 64 };  // pixels done at a time, so that what is between two steps stays in registers or the nearest cache

// high is the upper half of a product; with a colour times 256 and a weight times 65536 it is the product times 256.
static inline uint16_t high(uint16_t a, uint16_t b) { return (uint16_t)(((uint32_t)a * b) >> 16); }

// Each high() rounds down by less than 1/256; the constants make up for that and round to the nearest.
void convert_to_planes(const uint8_t *restrict bgrx, uint8_t *restrict y, uint8_t *restrict u, uint8_t *restrict v, size_t n) {
	for (size_t i = 0; i < n; i++) {
		uint16_t b = (uint16_t)(bgrx[4 * i] << 8), g = (uint16_t)(bgrx[4 * i + 1] << 8), r = (uint16_t)(bgrx[4 * i + 2] << 8);
		y[i] = (uint8_t)((uint16_t)(high(b, 7471) + high(g, 38470) + high(r, 19595) + 129) >> 8);
		u[i] = (uint8_t)((uint16_t)((b >> 1) - high(g, 21710) - high(r, 11058) + 32768 + 127) >> 8);
		v[i] = (uint8_t)((uint16_t)((r >> 1) - high(g, 27439) - high(b, 5329) + 32768 + 127) >> 8);
	}
}

// signed_high does the same with signs: chroma times 128 and a weight times 16384 give the product times 32.
static inline int16_t signed_high(int16_t a, int16_t b) { return (int16_t)(((int32_t)a * b) >> 16); }

// rounded takes a colour times 32 back and keeps it in its range.
static inline uint8_t rounded(int16_t times32) {
	int16_t v = (int16_t)(times32 >> 5);
	int16_t positive = v > 0 ? v : 0;
	int16_t kept = positive < 255 ? positive : 255;
	return (uint8_t)kept;
}

static inline void block_to_pixels(const uint8_t *restrict y, const uint8_t *restrict u, const uint8_t *restrict v,
	uint8_t *restrict bgrx, size_t n) {
	uint8_t b[block], g[block], r[block];
	uint32_t px[block];
	for (size_t i = 0; i < n; i++) {
		int16_t luma = (int16_t)(y[i] * 32 + 17), blue = (int16_t)((u[i] - 128) * 128), red = (int16_t)((v[i] - 128) * 128);
		b[i] = rounded((int16_t)(luma + signed_high(blue, 29032)));
		g[i] = rounded((int16_t)(luma - signed_high(blue, 5638) - signed_high(red, 11700)));
		r[i] = rounded((int16_t)(luma + signed_high(red, 22970)));
	}
	for (size_t i = 0; i < n; i++) px[i] = b[i] | (uint32_t)g[i] << 8 | (uint32_t)r[i] << 16 | 0xff000000u;
	memcpy(bgrx, px, 4 * n);
}

void convert_to_pixels(const uint8_t *restrict y, const uint8_t *restrict u, const uint8_t *restrict v, uint8_t *restrict bgrx,
	size_t n) {
	size_t i = 0;
	for (; i + block <= n; i += block) block_to_pixels(y + i, u + i, v + i, bgrx + 4 * i, block);
	if (i < n) block_to_pixels(y + i, u + i, v + i, bgrx + 4 * i, n - i);
}

// The four pixels around a sample weigh the same.
void convert_halve(const uint8_t *restrict a, const uint8_t *restrict b, uint8_t *restrict half, size_t n) {
	for (size_t i = 0; i < n / 2; i++) half[i] = (uint8_t)((a[2 * i] + a[2 * i + 1] + b[2 * i] + b[2 * i + 1] + 2) >> 2);
	if (n & 1) half[n / 2] = (uint8_t)((a[n - 1] + b[n - 1] + 1) >> 1);
}

// A pixel takes three quarters from the nearer sample in either direction, and one from the other.
void convert_double(const uint8_t *restrict near, const uint8_t *restrict far, uint16_t *restrict between, uint8_t *restrict full,
	size_t n) {
	size_t half = (n + 1) / 2;
	uint16_t *mix = between + 1;
	for (size_t i = 0; i < half; i++) mix[i] = (uint16_t)(3 * near[i] + far[i]);
	between[0] = mix[0];
	mix[half] = mix[half - 1];
	for (size_t i = 0; i < n / 2; i++) {
		full[2 * i] = (uint8_t)((3 * mix[i] + between[i] + 8) >> 4);
		full[2 * i + 1] = (uint8_t)((3 * mix[i] + mix[i + 1] + 8) >> 4);
	}
	if (n & 1) full[n - 1] = (uint8_t)((3 * mix[half - 1] + between[half - 1] + 8) >> 4);
}

uint32_t convert_difference(const uint8_t *a, const uint8_t *b, size_t n) {
	uint32_t sum = 0;
	for (size_t i = 0; i < n; i++) sum += (uint32_t)abs(a[i] - b[i]);
	return sum;
}
