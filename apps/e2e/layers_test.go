package e2e

import (
	"encoding/json"
	"errors"
	"io"
	"os/exec"
	"slices"
	"strings"
	"testing"
)

const module = "deskhand"

// ban forbids the packages under `from` to depend on those under `to`, except those under `but`.
type ban struct {
	from, to string
	but      []string
	direct   bool // only direct imports count
	why      string
}

var bans = []ban{
	{from: "icons", to: module, why: "icons is a leaf: everybody may embed it"},
	{from: "protocol", to: module, but: []string{"protocol"}, why: "protocol is a leaf: both ends must agree on it and on nothing else"},
	{from: "ui", to: module, but: []string{"ui", "icons"}, why: "look and feel knows no session, so that it can be shown and tested alone"},
	{from: "relay", to: module, but: []string{"relay", "protocol"}, why: "a relay is installed without the apps"},
	{from: "protocol", to: "fyne.io", why: "no windows below the windows: these packages build without cgo"},
	{from: "relay", to: "fyne.io", why: "a relay has no windows"},
	{from: "apps/internal", to: "fyne.io", why: "what works without a window is tested without one"},
	{from: "apps/rep/internal/desk", to: "fyne.io", why: "the rep's desk is an actor that windows only look at"},
	{from: "apps/customer/internal/join", to: "fyne.io", why: "joining is an actor that windows only look at"},
	{from: "protocol", to: "C", direct: true, why: "both ends and the relay build without cgo"},
	{from: "relay", to: "C", direct: true, why: "a relay builds without cgo"},
	{from: "protocol/pixel", to: module, but: []string{"protocol/pixel"}, why: "pixel is a leaf: every codec and every painter may use it"},
	{from: "protocol/frame", to: module, but: []string{"protocol/frame", "protocol/fault", "protocol/pixel"}, why: "the wire layout knows no codec"},
	{from: "protocol/tile", to: module, but: []string{"protocol/tile", "protocol/pixel"}, why: "a codec knows pixels and bytes, nothing else"},
	{from: "protocol/cache", to: module, but: []string{"protocol/cache", "protocol/pixel"}, why: "the cache knows pixels, not how they travel"},
	{from: "apps/internal/photo", to: module, but: []string{"apps/internal/photo", "protocol"}, why: "a codec knows pixels and bytes, nothing else"},
	{from: "apps/internal/video", to: module, but: []string{"apps/internal/video", "protocol"}, why: "a codec knows pixels and bytes, nothing else"},
	{from: "apps/internal/surface", to: module, but: []string{"apps/internal/surface", "apps/internal/x11", "protocol"}, why: "a surface shows pixels, whoever made them"},
	{from: "apps/internal/grab", to: module, but: []string{"apps/internal/grab", "apps/internal/x11", "protocol"}, why: "grab takes keys and decides nothing"},
	{from: "apps/rep/internal/paint", to: module + "/apps/internal/surface", why: "the main gives the surface, so that painting is tested without one"},
	{from: "apps", to: "fyne.io/fyne/v2/app", direct: true, but: []string{"apps/rep", "apps/customer"}, why: "only the two mains make a Fyne application"},
	{from: "ui", to: "fyne.io/fyne/v2/app", why: "only the two mains make a Fyne application"},
}

// windowBans forbid windows to reach past the session.
func windowBans() []ban {
	var all []ban
	for _, window := range []string{"apps/rep/internal/console", "apps/customer/internal/help"} {
		for _, lower := range []string{
			"apps/internal/link", "apps/internal/capture", "apps/internal/inject", "apps/internal/surface",
			"apps/internal/grab", "apps/internal/photo", "apps/internal/video", "protocol/pb",
		} {
			all = append(all, ban{
				from: window, to: module + "/" + lower, direct: true,
				why: "a window shows snapshots and sends commands; it never reaches past the session",
			})
		}
	}
	return all
}

type listed struct {
	ImportPath   string
	Imports      []string
	Deps         []string
	TestImports  []string
	XTestImports []string
}

// TestLayers walks what every package imports and gives the reason of each ban that is broken.
func TestLayers(t *testing.T) {
	packages := list(t)
	for _, b := range append(slices.Clone(bans), windowBans()...) {
		matched := false
		for _, p := range packages {
			if !under(p.ImportPath, module+"/"+b.from) {
				continue
			}
			matched = true
			if b.direct && slices.ContainsFunc(b.but, func(dir string) bool { return p.ImportPath == module+"/"+dir }) {
				continue
			}
			for _, imported := range b.offenders(p) {
				t.Errorf("%s imports %s: %s", p.ImportPath, imported, b.why)
			}
		}
		if !matched {
			t.Errorf("no package under %s: the ban on %s guards nothing", b.from, b.to)
		}
	}
}

func (b ban) offenders(p listed) []string {
	candidates := p.Deps
	if b.direct {
		candidates = p.Imports
	}
	var found []string
	for _, c := range candidates {
		allowed := slices.ContainsFunc(b.but, func(dir string) bool { return under(c, module+"/"+dir) })
		if under(c, b.to) && !(allowed && !b.direct) {
			found = append(found, c)
		}
	}
	return found
}

// under reports whether the package lies in the folder or is it.
func under(pkg, dir string) bool { return pkg == dir || strings.HasPrefix(pkg, dir+"/") }

func list(t *testing.T) []listed {
	t.Helper()
	cmd := exec.Command("go", "list", "-json=ImportPath,Imports,Deps,TestImports,XTestImports", module+"/...")
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("go list: %v", err)
	}
	var all []listed
	for dec := json.NewDecoder(strings.NewReader(string(out))); ; {
		var p listed
		if err := dec.Decode(&p); errors.Is(err, io.EOF) {
			return all
		} else if err != nil {
			t.Fatal(err)
		}
		all = append(all, p)
	}
}

// TestBansBite shows that the walk finds what it should, on a made-up package.
func TestBansBite(t *testing.T) {
	p := listed{
		ImportPath: module + "/protocol/tile",
		Imports:    []string{"fmt", "C", module + "/relay/internal/store"},
		Deps:       []string{"fmt", module + "/relay/internal/store", module + "/protocol/fault", "fyne.io/fyne/v2"},
	}
	for _, b := range bans {
		if b.from != "protocol" {
			continue
		}
		if got := b.offenders(p); len(got) != 1 {
			t.Errorf("ban of %s on %s finds %v, want one offender", b.to, b.from, got)
		}
	}
}
