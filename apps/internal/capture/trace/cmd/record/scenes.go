//go:build linux

package main

import (
	"fmt"
	"path/filepath"
	"strings"
	"time"
)

func scenes() []scene {
	return []scene{
		{name: "terminal", interval: 33 * time.Millisecond, prepare: openTerminal, play: useTerminal},
		{name: "document", interval: 40 * time.Millisecond, prepare: openDocument, play: useDocument},
		{name: "spreadsheet", interval: 40 * time.Millisecond, prepare: openSpreadsheet, play: useSpreadsheet},
		{name: "browser", interval: 50 * time.Millisecond, prepare: openBrowser, play: useBrowser},
		{name: "video", interval: 10 * time.Millisecond, prepare: openVideo, play: useVideo},
		{name: "drawing", interval: 40 * time.Millisecond, prepare: openDrawing, play: useDrawing},
		{name: "windows", interval: 33 * time.Millisecond, prepare: openWindows, play: useWindows},
	}
}

// words is text of n words, the same each time.
func words(n, seed int) string {
	const all = "the printer on the second floor answers again since the cable was changed but its driver still asks for " +
		"a password that nobody knows so please look into the settings and tell us what you find before noon thank you"
	list := strings.Fields(all)
	var b strings.Builder
	for i := range n {
		b.WriteString(list[(i*i+seed*7+i)%len(list)])
		if i%11 == 10 {
			b.WriteByte(',')
		}
		b.WriteByte(' ')
	}
	return strings.TrimSpace(b.String()) + "."
}

func terminal(d *desktop, title, geometry, script string) error {
	path, err := d.write(title+".sh", script)
	if err != nil {
		return err
	}
	err = d.run("xterm", "-fa", "DejaVu Sans Mono", "-fs", "10", "-geometry", geometry, "-T", title, "-e", "sh", path)
	if err != nil {
		return err
	}
	return d.window(title, time.Second)
}

func openTerminal(d *desktop) error {
	return terminal(d, "shell", "150x42+20+10", `
echo ready; read -r line
i=0; while [ $i -lt 220 ]; do i=$((i+1))
printf '%s \033[3%dm%s\033[0m /srv/share/%06d  %s bytes\n' "2026-03-$((i%28+1))" $((i%7+1)) "-rw-r--r--" $((i*7919)) $((i*i*31))
[ $((i%5)) = 0 ] && sleep 0.04; done
PS1='$ ' exec sh -i`)
}

func useTerminal(d *desktop) error {
	if err := d.do("key", "Return"); err != nil {
		return err
	}
	d.rest(2200 * time.Millisecond)
	return d.do("type", "--delay", "60", "grep -n error log\n")
}

const office = "--nologo --norestore --nofirststartwizard --nolockcheck"

func openOffice(d *desktop, title string, open ...string) error {
	if err := d.run("soffice", append(strings.Fields(office), open...)...); err != nil {
		return err
	}
	// It shows its start window first, and what is new in it later.
	if err := d.window(title, 8*time.Second); err != nil {
		return err
	}
	return d.do("search", "--onlyvisible", "--name", title, "windowsize", "--sync", fmt.Sprint(width-20), fmt.Sprint(height-40),
		"windowmove", "5", "5", "sleep", "2", "key", "Escape", "sleep", "1")
}

func openDocument(d *desktop) error {
	var b strings.Builder
	b.WriteString("<html><head><title>letter</title></head><body>")
	for i := range 30 {
		fmt.Fprintf(&b, "<h2>%d. %s</h2><p>%s</p><p><i>%s</i></p>", i+1, words(4, i), words(70, i), words(40, i+50))
	}
	path, err := d.write("letter.html", b.String()+"</body></html>")
	if err != nil {
		return err
	}
	return openOffice(d, "letter", "--writer", path)
}

func useDocument(d *desktop) error {
	return d.doAll(
		[]string{"type", "--delay", "55", "Dear all, we have looked at it. "},
		[]string{"key", "--delay", "220", "Next", "Next", "Next"},
		[]string{"key", "--delay", "60", "Down", "Down", "Down", "Down", "Prior"},
	)
}

func openSpreadsheet(d *desktop) error {
	var b strings.Builder
	for y := range 200 {
		for x := range 14 {
			if x == 0 {
				fmt.Fprintf(&b, "Item %d", y)
				continue
			}
			fmt.Fprintf(&b, ",%d.%02d", (y*37+x*x*11)%900, (y*x)%100)
		}
		b.WriteByte('\n')
	}
	path, err := d.write("table.csv", b.String())
	if err != nil {
		return err
	}
	return openOffice(d, "table", "--infilter=CSV:44,34,76,1", path)
}

func useSpreadsheet(d *desktop) error {
	return d.doAll(
		[]string{"key", "--delay", "70", "Down", "Down", "Right", "Right"},
		[]string{"type", "--delay", "70", "4711\n12.5\n=B2*3\n"},
		[]string{"key", "--delay", "180", "Next", "Next"},
		[]string{"key", "--delay", "60", "Right", "Right", "Right", "Prior"},
	)
}

func openBrowser(d *desktop) error {
	var b strings.Builder
	b.WriteString(`<html><head><title>long page</title><style>body{font:16px sans-serif;margin:40px 160px;background:#fff}
.f{height:220px;margin:12px 0;background:radial-gradient(circle at 30% 40%,#fc8,#08a 60%,#124)}
pre{background:#eef;padding:8px} td{border:1px solid #999;padding:3px 12px}</style></head><body>`)
	for i := range 40 {
		fmt.Fprintf(&b, "<h2>%s</h2><p>%s</p>", words(5, i), words(90, i))
		switch i % 3 {
		case 0:
			b.WriteString(`<div class=f></div>`)
		case 1:
			fmt.Fprintf(&b, "<pre>if %d &lt; limit {\n    return wait(%d)\n}</pre>", i, i*3)
		case 2:
			fmt.Fprintf(&b, "<table><tr><td>%d<td>%d<td>%s</table>", i, i*i, words(3, i))
		}
	}
	path, err := d.write("page.html", b.String())
	if err != nil {
		return err
	}
	err = d.run("chromium", "--no-sandbox", "--disable-gpu", "--no-first-run", "--user-data-dir="+filepath.Join(d.dir, "profile"),
		"--window-position=0,0", fmt.Sprintf("--window-size=%d,%d", width, height), "file://"+path)
	if err != nil {
		return err
	}
	return d.window("long page", 4*time.Second)
}

func useBrowser(d *desktop) error {
	if err := d.do("mousemove", "640", "420", "click", "--repeat", "14", "--delay", "120", "5"); err != nil {
		return err
	}
	return d.do("click", "--repeat", "5", "--delay", "120", "4")
}

func openDrawing(d *desktop) error {
	if err := d.run("mtpaint"); err != nil {
		return err
	}
	if err := d.window("mtPaint", 2*time.Second); err != nil {
		return err
	}
	return d.do("search", "--onlyvisible", "--name", "mtPaint", "windowmove", "5", "5", "windowsize", fmt.Sprint(width-20),
		fmt.Sprint(height-40), "sleep", "1", "mousemove", "436", "74", "click", "1", "sleep", "0.5")
}

func useDrawing(d *desktop) error {
	if err := d.drag([2]int{420, 250}, [2]int{720, 330}, [2]int{460, 530}, [2]int{920, 260}); err != nil {
		return err
	}
	return d.drag([2]int{500, 200}, [2]int{640, 560}, [2]int{960, 500})
}

func openWindows(d *desktop) error {
	for i, at := range []string{"70x20+60+40", "80x24+420+260", "60x14+700+60"} {
		var b strings.Builder
		for k := range 22 {
			fmt.Fprintf(&b, "echo '%s'\n", words(6+(k*5)%7, i*30+k))
		}
		if err := terminal(d, fmt.Sprintf("notes %d", i), at, b.String()+"read -r line"); err != nil {
			return err
		}
	}
	return nil
}

func useWindows(d *desktop) error {
	return d.drag([2]int{760, 68}, [2]int{420, 160}, [2]int{200, 330}, [2]int{640, 400}, [2]int{730, 250})
}
