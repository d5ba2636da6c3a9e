package job

import (
	"context"
	"crypto/sha256"
	"crypto/tls"
	"encoding/base64"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/chromedp/chromedp"
)

// Browser is a headless Chromium on the portal. It trusts the relay's key and no other.
type Browser struct {
	ctx   context.Context
	close func()
	dir   string
}

// Browser starts Chromium.
func (j *Job) Browser(ctx context.Context) (*Browser, error) {
	pin, err := spki(ctx, j.Demo.QuestionPortal)
	if err != nil {
		return nil, err
	}
	profile, err := os.MkdirTemp(j.Stage.Dir, "chromium-")
	if err != nil {
		return nil, err
	}
	options := append(chromedp.DefaultExecAllocatorOptions[:],
		chromedp.ExecPath("/usr/bin/chromium"), chromedp.NoSandbox, chromedp.UserDataDir(profile),
		chromedp.Flag("ignore-certificate-errors-spki-list", pin),
		chromedp.Flag("disable-quic", true), chromedp.Flag("lang", "en"),
		chromedp.WindowSize(900, 1100),
	)
	alloc, stopAlloc := chromedp.NewExecAllocator(j.Stage.Life(), options...)
	tab, stopTab := chromedp.NewContext(alloc)
	return &Browser{ctx: tab, dir: j.Stage.Dir, close: func() { stopTab(); stopAlloc() }}, nil
}

// Close ends Chromium.
func (b *Browser) Close() { b.close() }

// spki is the hash by which Chromium trusts a certificate that no authority has signed. It is read once from the relay that
// this machine has just started.
func spki(ctx context.Context, page string) (string, error) {
	u, err := url.Parse(page)
	if err != nil {
		return "", err
	}
	dialer := tls.Dialer{Config: &tls.Config{InsecureSkipVerify: true, NextProtos: []string{"http/1.1"}}} //nolint:gosec // only to learn the key
	c, err := dialer.DialContext(ctx, "tcp", u.Host)
	if err != nil {
		return "", fmt.Errorf("portal: %w", err)
	}
	defer c.Close()
	leaf := c.(*tls.Conn).ConnectionState().PeerCertificates[0]
	sum := sha256.Sum256(leaf.RawSubjectPublicKeyInfo)
	return base64.StdEncoding.EncodeToString(sum[:]), nil
}

// Ask fills the question portal in, sends it and gives the link into the customer app that the next page offers.
func (b *Browser) Ask(portal, name, email, question string) (link string, err error) {
	err = chromedp.Do(b.ctx,
		chromedp.Navigate(portal),
		chromedp.SendKeys(chromedp.CSS("#name"), name),
		chromedp.SendKeys(chromedp.CSS("#email"), email),
		chromedp.SendKeys(chromedp.CSS("#question"), question),
	)
	if err == nil {
		err = b.shot("portal-question")
	}
	if err == nil {
		err = chromedp.Do(b.ctx,
			chromedp.Click(chromedp.CSS("form button")),
			chromedp.WaitVisible(chromedp.CSS("[data-events]")),
		)
	}
	if err == nil {
		err = b.shot("portal-waiting")
	}
	if err == nil {
		link, err = chromedp.Run(b.ctx, chromedp.Evaluate[string](
			`document.querySelector('a[href^="deskhand:"]').getAttribute("href")`))
	}
	if err != nil {
		return "", fmt.Errorf("portal page: %w", err)
	}
	return link, nil
}

// Heading waits until the page's heading holds text. The page renews itself meanwhile, which ends whatever is being asked of
// it at that moment; then it is asked again.
func (b *Browser) Heading(ctx context.Context, text, picture string) error {
	tick := time.NewTicker(50 * time.Millisecond)
	defer tick.Stop()
	for {
		heading, err := chromedp.Run(b.ctx, chromedp.Evaluate[string](`document.querySelector("h1")?.textContent ?? ""`))
		if err == nil && strings.Contains(heading, text) {
			return b.shot(picture)
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			return fmt.Errorf("portal page with %q: %w; it says %q (%v)", text, ctx.Err(), heading, err)
		}
	}
}

// Visit opens an address and takes a picture.
func (b *Browser) Visit(address, picture string) error {
	err := chromedp.Do(b.ctx, chromedp.Navigate(address), chromedp.WaitVisible(chromedp.CSS("h1")))
	if err != nil {
		return fmt.Errorf("portal page: %w", err)
	}
	return b.shot(picture)
}

// shot writes a picture of the page into the stage's folder.
func (b *Browser) shot(name string) error {
	png, err := chromedp.Run(b.ctx, chromedp.FullScreenshot(100))
	if err != nil {
		return fmt.Errorf("picture of the portal: %w", err)
	}
	return os.WriteFile(filepath.Join(b.dir, name+".png"), png, 0o644)
}
