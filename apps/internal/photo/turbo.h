// How turbo.go calls libjpeg-turbo. One call into C for each picture, with no Go pointers stored.
#ifndef DESKHAND_PHOTO_TURBO_H
#define DESKHAND_PHOTO_TURBO_H

#include <turbojpeg.h>

// photo_encoder owns its output buffer, which only grows.
typedef struct {
	tjhandle handle;
	unsigned char *out;
	unsigned long cap, len;
} photo_encoder;

photo_encoder *photo_encoder_new(void);
void photo_encoder_free(photo_encoder *e);

// photo_encode encodes BGRX pixels into e->out, e->len bytes. It returns 0 if all is well.
int photo_encode(photo_encoder *e, const unsigned char *pix, int stride, int w, int h, int quality, int half);

// photo_decode fills BGRX pixels with a body whose header was checked. It returns 0 if all is well. Data that end early or are
// damaged are an error.
int photo_decode(tjhandle d, const unsigned char *body, unsigned long len, unsigned char *pix, int stride, int w, int h);

#endif
