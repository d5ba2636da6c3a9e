// How vpx.go calls libvpx. No Go pointer is kept.
#ifndef DESKHAND_VIDEO_VPX_H
#define DESKHAND_VIDEO_VPX_H

#include <vpx/vp8cx.h>
#include <vpx/vp8dx.h>
#include <vpx/vpx_decoder.h>
#include <vpx/vpx_encoder.h>

typedef struct {
	vpx_codec_ctx_t codec;
	vpx_codec_enc_cfg_t config;
	vpx_image_t *image;  // the picture in planes
	int64_t frame;       // number of the next frame
	int enough;          // what the static threshold was set to
	// How the picture in image differs from the one before, and how its neighbouring pixels differ: sums of absolute luma
	// differences in every second row.
	uint64_t change, detail;
	// The last frame, valid until the next call.
	const uint8_t *out;
	size_t len;
	int key;
} video_encoder;

typedef struct {
	vpx_codec_ctx_t codec;
	uint8_t *in;  // a copy of the body
	size_t cap;
} video_decoder;

// All that return int return 0 if all is well.
video_encoder *video_encoder_new(int w, int h);
void video_encoder_free(video_encoder *e);
void video_load(video_encoder *e, const uint8_t *pix, size_t stride);
// video_encode makes a frame. Where 16x16 pixels differ from the picture before, moved, by a sum of squares of less than
// enough, that is what they will show.
int video_encode(video_encoder *e, int quantizer, int enough, int key);

video_decoder *video_decoder_new(void);
void video_decoder_free(video_decoder *d);
int video_decode(video_decoder *d, const uint8_t *body, size_t len, uint8_t *pix, size_t stride, int w, int h);

#endif
