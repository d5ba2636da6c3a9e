// Package facts reads what a session tells about this machine: its system, name, language, memory and processor. What
// cannot be read stays empty; nothing here fails and nothing is kept.
package facts

import (
	"os"
	"runtime"
	"strings"

	"github.com/jeandeaual/go-locale"
	"github.com/shirou/gopsutil/v4/cpu"
	"github.com/shirou/gopsutil/v4/host"
	"github.com/shirou/gopsutil/v4/mem"

	"deskhand/apps/internal/session"
)

// Read gives the facts as they are now.
func Read() session.Facts {
	f := session.Facts{System: system()}
	f.Host, _ = os.Hostname()
	if languages := Languages(); len(languages) > 0 {
		f.Language = languages[0]
	}
	if m, err := mem.VirtualMemory(); err == nil {
		f.Memory = int64(m.Total)
	}
	if c, err := cpu.Info(); err == nil && len(c) > 0 {
		f.Processor = strings.Join(strings.Fields(c[0].ModelName), " ")
	}
	return f
}

// system names the operating system for people: "Debian 12.5", "Microsoft Windows 11 Pro 10.0.22631".
func system() string {
	h, err := host.Info()
	if err != nil || h.Platform == "" {
		return runtime.GOOS
	}
	name := strings.TrimSpace(h.Platform + " " + h.PlatformVersion)
	return strings.ToUpper(name[:1]) + name[1:]
}

// Languages lists what this person prefers, best first, as BCP 47 codes.
func Languages() []string {
	found, err := locale.GetLocales()
	if err != nil {
		return nil
	}
	return found
}
