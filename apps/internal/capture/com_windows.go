package capture

import (
	"fmt"
	"syscall"
	"unsafe"

	"golang.org/x/sys/windows"
)

// object is a COM object: a pointer to the table of its methods, of which each belongs to a place that never changes.
type object struct {
	methods *[64]uintptr
}

// result is an HRESULT; below 0 it is an error.
type result int32

func (r result) Error() string { return fmt.Sprintf("0x%08x", uint32(r)) }

// Results that are dealt with.
const (
	waitTimeout result = -0x7785ffd9 // DXGI_ERROR_WAIT_TIMEOUT, 0x887a0027
	notFound    result = -0x7785fffe // DXGI_ERROR_NOT_FOUND, 0x887a0002: the end of a list
)

// call calls a method by its place. Pointers in args must be converted in the call itself, so that they stay.
//
//go:uintptrescapes
func (o *object) call(method int, args ...uintptr) error {
	all := make([]uintptr, 0, 12)
	all = append(append(all, uintptr(unsafe.Pointer(o))), args...)
	r, _, _ := syscall.SyscallN(o.methods[method], all...)
	if result(r) < 0 {
		return result(r)
	}
	return nil
}

// Methods of every object.
const (
	queryInterface = 0
	release        = 2
)

// release gives a reference back; o may be nil.
func (o *object) release() {
	if o != nil {
		_ = o.call(release)
	}
}

// as gives the object by another interface, with a reference of its own.
func (o *object) as(id *windows.GUID) (*object, error) {
	var other *object
	if err := o.call(queryInterface, uintptr(unsafe.Pointer(id)), uintptr(unsafe.Pointer(&other))); err != nil {
		return nil, err
	}
	return other, nil
}
