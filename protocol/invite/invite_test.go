package invite

import (
	"bytes"
	"strings"
	"testing"

	"deskhand/protocol/fault"
)

var testKey = "sha256:" + strings.Repeat("0f", 32)

func TestParse(t *testing.T) {
	for _, tt := range []struct {
		name, link string
		want       Invite
		ok         bool
	}{
		{
			"code", "deskhand://join?relay=relay.example:443&key=" + testKey + "&code=563773096",
			Invite{Relay: "relay.example:443", Key: testKey, Code: "563773096"},
			true,
		},
		{
			"code with separators", "deskhand://join/?relay=127.0.0.1:8443&code=563-773-096",
			Invite{Relay: "127.0.0.1:8443", Code: "563773096"},
			true,
		},
		{"ticket", "deskhand://join?relay=[::1]:443&ticket=aB-_9", Invite{Relay: "[::1]:443", Ticket: "aB-_9"}, true},
		{"relay only", "deskhand://join?relay=a:1", Invite{Relay: "a:1"}, true},
		{"consent", "deskhand://join?relay=a:1&code=563773096&share=1", Invite{}, false},
		{"consent as flag", "deskhand://join?relay=a:1&code=563773096&-share", Invite{}, false},
		{"doubled", "deskhand://join?relay=a:1&relay=b:1", Invite{}, false},
		{"both", "deskhand://join?relay=a:1&code=563773096&ticket=x", Invite{}, false},
		{"no relay", "deskhand://join?code=563773096", Invite{}, false},
		{"no port", "deskhand://join?relay=a&code=563773096", Invite{}, false},
		{"port 0", "deskhand://join?relay=a:0", Invite{}, false},
		{"host with a slash", "deskhand://join?relay=a%2Fb:1", Invite{}, false},
		{"short key", "deskhand://join?relay=a:1&key=sha256:00", Invite{}, false},
		{"other scheme", "https://join?relay=a:1", Invite{}, false},
		{"other verb", "deskhand://run?relay=a:1", Invite{}, false},
		{"user", "deskhand://x@join?relay=a:1", Invite{}, false},
		{"bad code", "deskhand://join?relay=a:1&code=12", Invite{}, false},
		{"ticket with a quote", "deskhand://join?relay=a:1&ticket=%22", Invite{}, false},
		{"long", "deskhand://join?relay=" + strings.Repeat("a", 2000) + ":1", Invite{}, false},
		{"empty", "", Invite{}, false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got, err := Parse(tt.link)
			if got != tt.want || (err == nil) != tt.ok {
				t.Errorf("Parse = %+v, %v; want %+v, ok %v", got, err, tt.want, tt.ok)
			}
			if err != nil && !fault.Is(err, fault.Invalid) {
				t.Errorf("reason %q", fault.ReasonOf(err))
			}
		})
	}
}

func TestTrailer(t *testing.T) {
	want := Invite{Relay: "relay.example:443", Key: testKey, Ticket: "abc"}
	program := bytes.NewBufferString("\x7fELF and so on")
	if err := want.AppendTo(program); err != nil {
		t.Fatal(err)
	}
	got, found, err := ReadFrom(bytes.NewReader(program.Bytes()), int64(program.Len()))
	if got != want || !found || err != nil {
		t.Errorf("ReadFrom = %+v, %v, %v; want %+v", got, found, err, want)
	}
	plain := []byte("\x7fELF and nothing else at all, really")
	if got, found, err := ReadFrom(bytes.NewReader(plain), int64(len(plain))); found || err != nil {
		t.Errorf("a plain program holds %+v, %v", got, err)
	}
}

func FuzzParse(f *testing.F) {
	f.Add("deskhand://join?relay=relay.example:443&key=" + testKey + "&code=563773096")
	f.Add("deskhand://join?relay=[::1]:443&ticket=aB-_9")
	f.Fuzz(func(t *testing.T, link string) {
		i, err := Parse(link)
		if err != nil {
			return
		}
		again, err := Parse(i.URL())
		if err != nil || again != i {
			t.Errorf("%q gives %+v, and that gives %+v, %v", link, i, again, err)
		}
	})
}

func FuzzReadFrom(f *testing.F) {
	var b bytes.Buffer
	if err := (Invite{Relay: "a:1", Ticket: "x"}).AppendTo(&b); err != nil {
		f.Fatal(err)
	}
	f.Add(b.Bytes())
	f.Fuzz(func(t *testing.T, program []byte) {
		i, found, err := ReadFrom(bytes.NewReader(program), int64(len(program)))
		if found && (err != nil || i.Relay == "") {
			t.Errorf("found %+v with %v", i, err)
		}
	})
}
