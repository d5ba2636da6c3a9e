//go:build cgo && (linux || windows) && !nocodecs

#include "vpx.h"

#include <stdlib.h>
#include <string.h>

#include "convert.h"

enum {
	speed = -12,         // negative ones are constant; quicker ones find fewer motions and so take longer in the end
	longest_row = 8192,  // MaxSide
};

static void configure(vpx_codec_enc_cfg_t *c, int w, int h) {
	c->g_w = (unsigned)w;
	c->g_h = (unsigned)h;
	c->g_threads = 1;  // more of them wait for each other by turning in circles
	c->g_profile = 0;
	c->g_timebase.num = 1;
	c->g_timebase.den = 30;  // frames are only counted
	c->g_lag_in_frames = 0;
	c->g_error_resilient = 0;
	c->rc_end_usage = VPX_CBR;  // the mode whose tools are the quick ones; the quantizer of each frame is given
	c->rc_target_bitrate = 4000;
	c->rc_dropframe_thresh = 0;
	c->kf_mode = VPX_KF_DISABLED;
}

video_encoder *video_encoder_new(int w, int h) {
	video_encoder *e = calloc(1, sizeof *e);
	if (!e) return NULL;
	vpx_codec_iface_t *vp8 = vpx_codec_vp8_cx();
	if (vpx_codec_enc_config_default(vp8, &e->config, 0)) goto failed;
	configure(&e->config, w, h);
	if (!(e->image = vpx_img_alloc(NULL, VPX_IMG_FMT_I420, (unsigned)w, (unsigned)h, 32))) goto failed;
	if (vpx_codec_enc_init(&e->codec, vp8, &e->config, 0)) goto failed;
	if (vpx_codec_control(&e->codec, VP8E_SET_CPUUSED, speed)) {
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

// measure compares a row of luma with what it was before and with itself.
static void measure(video_encoder *e, const uint8_t *before, const uint8_t *luma) {
	e->change += convert_difference(before, luma, e->image->d_w);
	e->detail += convert_difference(luma, luma + 1, e->image->d_w - 1);
}

void video_load(video_encoder *e, const uint8_t *pix, size_t stride) {
	uint8_t before[longest_row], blue[2][longest_row], red[2][longest_row];
	vpx_image_t *m = e->image;
	size_t w = m->d_w;
	e->change = e->detail = 0;
	for (unsigned y = 0; y < m->d_h; y += 2) {
		uint8_t *luma = m->planes[0] + (ptrdiff_t)y * m->stride[0];
		int other = y + 1 < m->d_h;  // the last row of an odd picture stands for two
		memcpy(before, luma, w);
		convert_to_planes(pix + stride * y, luma, blue[0], red[0], w);
		measure(e, before, luma);
		if (other) convert_to_planes(pix + stride * (y + 1), luma + m->stride[0], blue[1], red[1], w);
		convert_halve(blue[0], blue[other], m->planes[1] + (ptrdiff_t)(y / 2) * m->stride[1], w);
		convert_halve(red[0], red[other], m->planes[2] + (ptrdiff_t)(y / 2) * m->stride[2], w);
	}
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

int video_encode(video_encoder *e, int quantizer, int enough, int key) {
	if (e->config.rc_min_quantizer != (unsigned)quantizer || e->config.rc_max_quantizer != (unsigned)quantizer) {
		e->config.rc_min_quantizer = e->config.rc_max_quantizer = (unsigned)quantizer;
		if (vpx_codec_enc_config_set(&e->codec, &e->config)) return -1;
	}
	if (e->enough != enough) {
		e->enough = enough;
		if (vpx_codec_control(&e->codec, VP8E_SET_STATIC_THRESHOLD, (unsigned)enough)) return -1;
	}
	// Only the frame before is looked at and replaced: that is quicker.
	vpx_enc_frame_flags_t flags = key ? VPX_EFLAG_FORCE_KF
		: VP8_EFLAG_NO_REF_GF | VP8_EFLAG_NO_REF_ARF | VP8_EFLAG_NO_UPD_GF | VP8_EFLAG_NO_UPD_ARF;
	if (vpx_codec_encode(&e->codec, e->image, e->frame++, 1, flags, VPX_DL_REALTIME)) return -1;
	return take(e);
}

video_decoder *video_decoder_new(void) {
	video_decoder *d = calloc(1, sizeof *d);
	if (d && vpx_codec_dec_init(&d->codec, vpx_codec_vp8_dx(), NULL, 0)) {
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

// copied keeps a copy of a body in d->in: the library remembers where the last one was.
static int copied(video_decoder *d, const uint8_t *body, size_t len) {
	if (len > d->cap) {
		free(d->in);
		d->cap = 0;
		if (!(d->in = malloc(2 * len))) return -1;
		d->cap = 2 * len;
	}
	memcpy(d->in, body, len);
	return 0;
}

// chroma gives the row y of a plane of half the size in full.
static void chroma(const vpx_image_t *m, int plane, int y, uint8_t *full) {
	uint16_t between[longest_row / 2 + 3];
	int last = ((int)m->d_h + 1) / 2 - 1, near = y / 2, far = y & 1 ? near + 1 : near - 1;
	if (far < 0 || far > last) far = near;
	const uint8_t *p = m->planes[plane];
	convert_double(p + (ptrdiff_t)near * m->stride[plane], p + (ptrdiff_t)far * m->stride[plane], between, full, m->d_w);
}

int video_decode(video_decoder *d, const uint8_t *body, size_t len, uint8_t *pix, size_t stride, int w, int h) {
	uint8_t blue[longest_row], red[longest_row];
	if (w > longest_row || copied(d, body, len) || vpx_codec_decode(&d->codec, d->in, (unsigned)len, NULL, 0)) return -1;
	vpx_codec_iter_t iter = NULL;
	vpx_image_t *m = vpx_codec_get_frame(&d->codec, &iter);
	int broken = 1;  // the body ended too early
	if (!m || vpx_codec_control(&d->codec, VP8D_GET_FRAME_CORRUPTED, &broken) || broken) return -1;
	if (m->fmt != VPX_IMG_FMT_I420 || m->bit_depth != 8 || m->d_w != (unsigned)w || m->d_h != (unsigned)h) return -1;
	for (int y = 0; y < h; y++) {
		chroma(m, 1, y, blue);
		chroma(m, 2, y, red);
		convert_to_pixels(m->planes[0] + (ptrdiff_t)y * m->stride[0], blue, red, pix + stride * (size_t)y, (size_t)w);
	}
	return 0;
}
