package icons

import (
	"bytes"
	"go/ast"
	"go/parser"
	"go/token"
	"image/png"
	"io/fs"
	"strconv"
	"strings"
	"testing"
)

// names lists the values of the constants of a type, as they stand in the source.
func names(t *testing.T, kind string) map[string]bool {
	t.Helper()
	file, err := parser.ParseFile(token.NewFileSet(), "icons.go", nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	found := map[string]bool{}
	ast.Inspect(file, func(n ast.Node) bool {
		spec, ok := n.(*ast.ValueSpec)
		if !ok || len(spec.Values) == 0 {
			return true
		}
		if of, ok := spec.Type.(*ast.Ident); !ok || of.Name != kind {
			return true
		}
		text, err := strconv.Unquote(spec.Values[0].(*ast.BasicLit).Value)
		if err != nil {
			t.Fatal(err)
		}
		found[text] = true
		return true
	})
	return found
}

func TestEveryNameHasADrawingAndTheOtherWayRound(t *testing.T) {
	known := names(t, "Name")
	if len(known) < 50 {
		t.Fatalf("only %d names", len(known))
	}
	for n := range known {
		if !bytes.HasPrefix(SVG(Name(n)), []byte("<svg ")) {
			t.Errorf("%s has no drawing", n)
		}
	}
	err := fs.WalkDir(files, "svg", func(path string, d fs.DirEntry, err error) error {
		n := strings.TrimSuffix(d.Name(), ".svg")
		if err == nil && !d.IsDir() && !known[n] {
			t.Errorf("%s has no name", path)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if SVG("no such icon") != nil {
		t.Error("an unknown name has a drawing")
	}
}

func TestPicturesHaveTheirSize(t *testing.T) {
	tests := []struct {
		name string
		b    []byte
		size int
	}{
		{"app", AppPNG(), 256},
		{"app 16", read("app/deskhand-16.png"), 16},
		{"available", TrayPNG(TrayAvailable), 64},
		{"unavailable", TrayPNG(TrayUnavailable), 64},
		{"in session", TrayPNG(TrayInSession), 64},
		{"offline", TrayPNG(TrayOffline), 64},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			c, err := png.DecodeConfig(bytes.NewReader(test.b))
			if err != nil || c.Width != test.size || c.Height != test.size {
				t.Errorf("%d by %d, %v", c.Width, c.Height, err)
			}
		})
	}
	if len(AppSVG()) == 0 {
		t.Error("no drawing of the application icon")
	}
}

func TestTrayStatesDifferInShape(t *testing.T) {
	seen := map[string]string{}
	for state := range names(t, "Tray") {
		shape := grey(t, TrayPNG(Tray(state)))
		if other, ok := seen[shape]; ok {
			t.Errorf("%s and %s look alike without colour", state, other)
		}
		seen[shape] = state
	}
}

// grey is a picture reduced to 16 by 16 steps of brightness.
func grey(t *testing.T, b []byte) string {
	t.Helper()
	img, err := png.Decode(bytes.NewReader(b))
	if err != nil {
		t.Fatal(err)
	}
	var out strings.Builder
	for y := 2; y < 64; y += 4 {
		for x := 2; x < 64; x += 4 {
			r, g, b, _ := img.At(x, y).RGBA()
			out.WriteByte('0' + byte((r+g+b)/3>>14))
		}
	}
	return out.String()
}
