//go:build cgo && (linux || windows) && !nocodecs

#include "vpx.h"

#include <stdlib.h>
#include <string.h>

#include "convert.h"

enum { fastest = 9 };  // the quickest of libvpx's speeds

static void configure(vpx_codec_enc_cfg_t *c, int w, int h, int threads) {
	c->g_w = (unsigned)w;
	c->g_h = (unsigned)h;
	c->g_threads = (unsigned)threads;
	c->g_profile = 1;  // colour for every pixel
	c->g_timebase.num = 1;
	c->g_timebase.den = 30;  // frames are only counted
	c->g_lag_in_frames = 0;
	c->g_error_resilient = 0;
	c->rc_end_usage = VPX_CBR;  // the mode whose tools are the quick ones; the quantizer of each frame is given
	c->rc_target_bitrate = 4000;
	c->rc_dropframe_thresh = 0;
	c->kf_mode = VPX_KF_DISABLED;
}

static int control(video_encoder *e, int threads) {
	vpx_codec_ctx_t *c = &e->codec;
	int columns = threads >= 4 ? 2 : threads >= 2 ? 1 : 0;
	return vpx_codec_control(c, VP8E_SET_CPUUSED, fastest) || vpx_codec_control(c, VP9E_SET_AQ_MODE, 0) ||
		vpx_codec_control(c, VP9E_SET_DISABLE_OVERSHOOT_MAXQ_CBR, 1) || vpx_codec_control(c, VP9E_SET_ROW_MT, threads > 1) ||
		vpx_codec_control(c, VP9E_SET_TILE_COLUMNS, columns) || vpx_codec_control(c, VP9E_SET_COLOR_SPACE, VPX_CS_BT_601) ||
		vpx_codec_control(c, VP9E_SET_COLOR_RANGE, VPX_CR_FULL_RANGE);
}

video_encoder *video_encoder_new(int w, int h, int threads) {
	video_encoder *e = calloc(1, sizeof *e);
	if (!e) return NULL;
	vpx_codec_iface_t *vp9 = vpx_codec_vp9_cx();
	if (vpx_codec_enc_config_default(vp9, &e->config, 0)) goto failed;
	configure(&e->config, w, h, threads);
	if (!(e->image = vpx_img_alloc(NULL, VPX_IMG_FMT_I444, (unsigned)w, (unsigned)h, 32))) goto failed;
	if (vpx_codec_enc_init(&e->codec, vp9, &e->config, 0)) goto failed;
	if (control(e, threads)) {
		vpx_codec_destroy(&e->codec);
		goto failed;
	}
	return e;
failed:
	vpx_img_free(e->image);
	free(e);
	return NULL;
}

void video_encoder_free(video_encoder *e) {
	vpx_codec_destroy(&e->codec);
	vpx_img_free(e->image);
	free(e);
}

// load_row converts a row; with measure it compares its luma with what the plane held before.
static void load_row(video_encoder *e, const uint8_t *pix, int y, int measure, uint8_t *before) {
	vpx_image_t *m = e->image;
	uint8_t *luma = m->planes[0] + (ptrdiff_t)y * m->stride[0];
	if (measure) memcpy(before, luma, m->d_w);
	convert_to_planes(pix, luma, m->planes[1] + (ptrdiff_t)y * m->stride[1], m->planes[2] + (ptrdiff_t)y * m->stride[2], m->d_w);
	if (!measure) return;
	e->change += convert_difference(before, luma, m->d_w);
	e->detail += convert_difference(luma, luma + 1, m->d_w - 1);
}

void video_load(video_encoder *e, const uint8_t *pix, size_t stride) {
	uint8_t before[8192];
	e->change = e->detail = 0;
	for (int y = 0; y < (int)e->image->d_h; y++) load_row(e, pix + stride * (size_t)y, y, !(y & 1), before);
}

// take notes the one frame that the encoder made.
static int take(video_encoder *e) {
	vpx_codec_iter_t iter = NULL;
	const vpx_codec_cx_pkt_t *p;
	e->out = NULL;
	while ((p = vpx_codec_get_cx_data(&e->codec, &iter))) {
		if (p->kind != VPX_CODEC_CX_FRAME_PKT) continue;
		if (e->out) return -1;
		e->out = p->data.frame.buf;
		e->len = p->data.frame.sz;
		e->key = (p->data.frame.flags & VPX_FRAME_IS_KEY) != 0;
	}
	return e->out ? 0 : -1;
}

int video_encode(video_encoder *e, int quantizer, int filter, int key) {
	if (e->config.rc_min_quantizer != (unsigned)quantizer || e->config.rc_max_quantizer != (unsigned)quantizer) {
		e->config.rc_min_quantizer = e->config.rc_max_quantizer = (unsigned)quantizer;
		if (vpx_codec_enc_config_set(&e->codec, &e->config)) return -1;
	}
	if (e->unfiltered != (filter ? 0 : 2)) {
		e->unfiltered = filter ? 0 : 2;
		if (vpx_codec_control(&e->codec, VP9E_SET_DISABLE_LOOPFILTER, e->unfiltered)) return -1;
	}
	// Only the frame before is looked at and replaced: that is quicker, and the decoder insists on it.
	vpx_enc_frame_flags_t flags = key ? VPX_EFLAG_FORCE_KF
		: VP8_EFLAG_NO_REF_GF | VP8_EFLAG_NO_REF_ARF | VP8_EFLAG_NO_UPD_GF | VP8_EFLAG_NO_UPD_ARF;
	if (vpx_codec_encode(&e->codec, e->image, e->frame++, 1, flags, VPX_DL_REALTIME)) return -1;
	return take(e);
}

video_decoder *video_decoder_new(void) {
	video_decoder *d = calloc(1, sizeof *d);
	if (d && vpx_codec_dec_init(&d->codec, vpx_codec_vp9_dx(), NULL, 0)) {
		free(d);
		d = NULL;
	}
	return d;
}

void video_decoder_free(video_decoder *d) {
	vpx_codec_destroy(&d->codec);
	free(d->in);
	free(d);
}

enum { index_len = 6 };

// framed copies a body into d->in and puts an index behind it (VP9 specification, annex B) that says: one frame. Without it
// the library would take what lies behind the first frame for another one, whose header nobody has checked.
static int framed(video_decoder *d, const uint8_t *body, size_t len) {
	if (len + index_len > d->cap) {
		free(d->in);
		d->cap = 0;
		if (!(d->in = malloc(2 * len + index_len))) return -1;
		d->cap = 2 * len + index_len;
	}
	memcpy(d->in, body, len);
	uint8_t *index = d->in + len;
	index[0] = index[5] = 0xc0 | 3 << 3;  // sizes of four bytes, one frame
	for (int i = 0; i < 4; i++) index[1 + i] = (uint8_t)(len >> (8 * i));
	return 0;
}

int video_decode(video_decoder *d, const uint8_t *body, size_t len, uint8_t *pix, size_t stride, int w, int h) {
	if (framed(d, body, len) || vpx_codec_decode(&d->codec, d->in, (unsigned)(len + index_len), NULL, 0)) return -1;
	vpx_codec_iter_t iter = NULL;
	vpx_image_t *m = vpx_codec_get_frame(&d->codec, &iter);
	if (!m || m->fmt != VPX_IMG_FMT_I444 || m->bit_depth != 8 || m->d_w != (unsigned)w || m->d_h != (unsigned)h) return -1;
	for (int y = 0; y < h; y++) {
		convert_to_pixels(m->planes[0] + (ptrdiff_t)y * m->stride[0], m->planes[1] + (ptrdiff_t)y * m->stride[1],
			m->planes[2] + (ptrdiff_t)y * m->stride[2], pix + stride * (size_t)y, (size_t)w);
	}
	return 0;
}
