package facts

import (
	"runtime"
	"testing"
)

func TestRead(t *testing.T) {
	t.Setenv("LANGUAGE", "")
	t.Setenv("LC_ALL", "de_AT.UTF-8")
	f := Read()
	if f.System == "" || f.Host == "" {
		t.Errorf("no system or host in %+v", f)
	}
	if runtime.GOOS == "linux" && (f.Memory <= 0 || f.Language != "de-AT") {
		t.Errorf("memory %d, language %q; want some memory and de-AT", f.Memory, f.Language)
	}
}
