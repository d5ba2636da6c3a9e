package viewer

import (
	"math/rand/v2"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"
)

// playAnything presses, repeats and lets go of keys at random and tells which were pressed.
func playAnything(d *driver, seed uint64) map[fyne.KeyName]bool {
	r := rand.New(rand.NewPCG(seed, 7))
	names := []fyne.KeyName{
		"A", "C", "1", fyne.KeySpace, fyne.KeyReturn, fyne.KeyTab, fyne.KeyLeft, fyne.KeyInsert, fyne.KeyDelete, fyne.KeyF1,
		desktop.KeyShiftLeft, desktop.KeyShiftRight, desktop.KeyControlLeft, desktop.KeyAltLeft, desktop.KeyAltRight, desktop.KeySuperLeft,
	}
	isDown := map[fyne.KeyName]bool{}
	for range 100 {
		n := names[r.IntN(len(names))]
		runes := ""
		if writing(n) != 0 && r.IntN(4) > 0 {
			runes = "x"
		}
		switch {
		case !isDown[n]:
			d.play(press(n, runes))
			isDown[n] = true
		case bit(n) == 0 && r.IntN(3) == 0 && d.k.last == (key{name: n}):
			d.play(again(n, runes))
		default:
			d.play(release(n))
			delete(isDown, n)
		}
	}
	return isDown
}
