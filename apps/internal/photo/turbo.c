//go:build cgo && (linux || windows) && !nocodecs

#include "turbo.h"

#include <stdlib.h>

photo_encoder *photo_encoder_new(void) {
	photo_encoder *e = calloc(1, sizeof *e);
	if (e && !(e->handle = tjInitCompress())) {
		free(e);
		e = NULL;
	}
	return e;
}

void photo_encoder_free(photo_encoder *e) {
	tjDestroy(e->handle);
	free(e->out);
	free(e);
}

int photo_encode(photo_encoder *e, const unsigned char *pix, int stride, int w, int h, int quality, int half) {
	int sub = half ? TJSAMP_420 : TJSAMP_444;
	unsigned long need = tjBufSize(w, h, sub);
	if (need == (unsigned long)-1) return -1;
	if (need > e->cap) {
		free(e->out);
		e->cap = 0;
		if (!(e->out = malloc(need))) return -1;
		e->cap = need;
	}
	e->len = e->cap;
	return tjCompress2(e->handle, pix, w, stride, h, TJPF_BGRX, &e->out, &e->len, sub, quality,
		TJFLAG_NOREALLOC | TJFLAG_ACCURATEDCT);
}

int photo_decode(tjhandle d, const unsigned char *body, unsigned long len, unsigned char *pix, int stride, int w, int h) {
	return tjDecompress2(d, body, len, pix, w, stride, h, TJPF_BGRX, TJFLAG_ACCURATEDCT | TJFLAG_STOPONWARNING);
}
