package capture

import (
	"errors"
	"fmt"
	"image"
	"sync"
	"unsafe"

	"golang.org/x/sys/windows"

	"deskhand/protocol/frame"
	"deskhand/protocol/pixel"
)

// patience is how long one wait for a change lasts, in milliseconds, before it is looked whether all has ended.
const patience = 500

// duplication is the pictures of one display. Its goroutine waits for a change and keeps it until Next has read it, so
// that the two never use it at the same time and the system puts together what changes meanwhile.
type duplication struct {
	display         frame.Display
	device, context *object // of its own, as devices are for one thread at a time
	source, staging *object // IDXGIOutputDuplication; a texture that can be read
	texture         windows.GUID
	image           pixel.Image

	held     chan struct{} // capacity 1: there is a change to be read
	resume   chan struct{} // capacity 1: it has been
	picture  *object       // of the change
	info     frameInfo
	failed   error
	metadata []byte
	ended    sync.WaitGroup
}

func newDuplication(adapter, output *object, d frame.Display, ids *guids) (_ *duplication, err error) {
	one := &duplication{
		display: d, texture: ids.texture, image: pixel.New(d.W, d.H),
		held: make(chan struct{}, 1), resume: make(chan struct{}, 1),
	}
	defer func() {
		if err != nil {
			one.free()
		}
	}()
	create := windows.NewLazySystemDLL("d3d11.dll").NewProc("D3D11CreateDevice")
	if err := create.Find(); err != nil {
		return nil, err
	}
	r, _, _ := create.Call(uintptr(unsafe.Pointer(adapter)), 0, 0, 0, 0, 0, sdkVersion,
		uintptr(unsafe.Pointer(&one.device)), 0, uintptr(unsafe.Pointer(&one.context)))
	if result(r) < 0 {
		return nil, fmt.Errorf("D3D11CreateDevice: %w", result(r))
	}
	output1, err := output.as(&ids.output)
	if err != nil {
		return nil, fmt.Errorf("IDXGIOutput1: %w", err)
	}
	defer output1.release()
	err = output1.call(outputDuplicate, uintptr(unsafe.Pointer(one.device)), uintptr(unsafe.Pointer(&one.source)))
	if err != nil {
		return nil, fmt.Errorf("DuplicateOutput: %w", err)
	}
	var about duplicationDesc
	_ = one.source.call(duplicationAbout, uintptr(unsafe.Pointer(&about)))
	if about.rotation > rotatedByZero || int(about.width) != d.W || int(about.height) != d.H {
		return nil, errors.New("the display is rotated")
	}
	desc := textureDesc{
		width: about.width, height: about.height, levels: 1, layers: 1, format: formatBGRA, samples: 1,
		usage: usageStaging, access: accessRead,
	}
	err = one.device.call(deviceTexture, uintptr(unsafe.Pointer(&desc)), 0, uintptr(unsafe.Pointer(&one.staging)))
	if err != nil {
		return nil, fmt.Errorf("CreateTexture2D: %w", err)
	}
	return one, nil
}

// watch begins to wait for changes; wake is called for each, until closed is.
func (d *duplication) watch(closed <-chan struct{}, wake func()) {
	d.ended.Go(func() {
		for d.await(closed) {
			d.held <- struct{}{}
			wake()
			select {
			case <-closed:
				return
			case <-d.resume:
			}
		}
	})
}

// await waits until there is a change or an error; false when closed is.
func (d *duplication) await(closed <-chan struct{}) bool {
	for {
		select {
		case <-closed:
			return false
		default:
		}
		d.failed = d.source.call(duplicationAcquire, patience, uintptr(unsafe.Pointer(&d.info)), uintptr(unsafe.Pointer(&d.picture)))
		if !errors.Is(d.failed, waitTimeout) {
			return true
		}
	}
}

// read takes the change that is held, if there is one, into the image and lets the goroutine wait for the next.
func (d *duplication) read(dirty []image.Rectangle) ([]image.Rectangle, error) {
	select {
	case <-d.held:
	default:
		return dirty, nil
	}
	if d.failed != nil {
		return dirty, fmt.Errorf("AcquireNextFrame: %w", d.failed)
	}
	var err error
	if d.info.presented != 0 {
		if dirty, err = d.changed(dirty); err == nil {
			err = d.copy(dirty)
		}
	}
	d.picture.release()
	d.picture = nil
	if releaseErr := d.source.call(duplicationRelease); err == nil && releaseErr != nil {
		err = fmt.Errorf("ReleaseFrame: %w", releaseErr)
	}
	if err == nil {
		d.resume <- struct{}{}
	}
	return dirty, err
}

// changed appends where the picture changed. Without metadata it may be anywhere.
func (d *duplication) changed(dirty []image.Rectangle) ([]image.Rectangle, error) {
	whole := d.image.Bounds()
	size := d.info.metadata
	if size == 0 {
		return append(dirty, whole), nil
	}
	if len(d.metadata) < int(size) {
		d.metadata = make([]byte, size)
	}
	list := unsafe.Pointer(&d.metadata[0])
	var used uint32
	var parts gathered
	err := d.source.call(duplicationMoved, uintptr(len(d.metadata)), uintptr(list), uintptr(unsafe.Pointer(&used)))
	if err != nil {
		return dirty, fmt.Errorf("GetFrameMoveRects: %w", err)
	}
	for _, m := range unsafe.Slice((*moveRect)(list), used/uint32(unsafe.Sizeof(moveRect{}))) {
		parts.add(m.to.rectangle().Intersect(whole))
	}
	err = d.source.call(duplicationDirty, uintptr(len(d.metadata)), uintptr(list), uintptr(unsafe.Pointer(&used)))
	if err != nil {
		return dirty, fmt.Errorf("GetFrameDirtyRects: %w", err)
	}
	for _, r := range unsafe.Slice((*winRect)(list), used/uint32(unsafe.Sizeof(winRect{}))) {
		parts.add(r.rectangle().Intersect(whole))
	}
	return append(dirty, parts...), nil
}

// copy reads parts of the picture into the image.
func (d *duplication) copy(parts []image.Rectangle) error {
	if len(parts) == 0 {
		return nil
	}
	texture, err := d.picture.as(&d.texture)
	if err != nil {
		return fmt.Errorf("ID3D11Texture2D: %w", err)
	}
	defer texture.release()
	for _, r := range parts {
		b := box{uint32(r.Min.X), uint32(r.Min.Y), 0, uint32(r.Max.X), uint32(r.Max.Y), 1}
		_ = d.context.call(contextCopy, uintptr(unsafe.Pointer(d.staging)), 0, uintptr(r.Min.X), uintptr(r.Min.Y), 0,
			uintptr(unsafe.Pointer(texture)), 0, uintptr(unsafe.Pointer(&b))) // it has no result
	}
	var m mapped
	err = d.context.call(contextMap, uintptr(unsafe.Pointer(d.staging)), 0, mapRead, 0, uintptr(unsafe.Pointer(&m)))
	if err != nil {
		return fmt.Errorf("read the picture: %w", err)
	}
	stride := int(m.row)
	from := pixel.Image{
		Pix: unsafe.Slice(m.data, stride*(d.image.H-1)+d.image.W*pixel.Bytes), Stride: stride, W: d.image.W, H: d.image.H,
	}
	for _, r := range parts {
		pixel.Copy(d.image, r.Min.X, r.Min.Y, from.Sub(r))
	}
	_ = d.context.call(contextUnmap, uintptr(unsafe.Pointer(d.staging)), 0)
	return nil
}

// free gives everything back, once the goroutine has ended.
func (d *duplication) free() {
	d.ended.Wait()
	for _, o := range []*object{d.picture, d.source, d.staging, d.context, d.device} {
		o.release()
	}
}
