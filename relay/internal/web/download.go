package web

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"os"
	"strconv"
	"strings"

	"deskhand/protocol/code"
	"deskhand/protocol/fault"
	"deskhand/protocol/invite"
	"deskhand/relay/internal/desk"
	"deskhand/relay/internal/limit"
)

// platform is the customer's operating system, as the browser tells it.
type platform struct {
	name string // for people
	file string // of the customer app; empty where there is none for this system
}

// system reads the browser's own words; they decide only which download is offered.
func system(r *http.Request) platform {
	agent := r.UserAgent()
	for _, p := range []struct {
		mark string
		platform
	}{
		{"Android", platform{"Android", ""}},
		{"iPhone", platform{"iOS", ""}},
		{"iPad", platform{"iPadOS", ""}},
		{"CrOS", platform{"ChromeOS", ""}},
		{"Windows", platform{"Windows", "deskhand-customer.exe"}},
		{"Macintosh", platform{"macOS", "deskhand-customer-macos"}},
		{"Linux", platform{"Linux", "deskhand-customer"}},
		{"X11", platform{"Unix", ""}},
	} {
		if strings.Contains(agent, p.mark) {
			return p.platform
		}
	}
	return platform{"", "deskhand-customer.exe"}
}

// queryDownload gives the app with the ticket in it: a double click leads into the session.
func (s *Site) queryDownload(w http.ResponseWriter, r *http.Request) error {
	ticket := r.PathValue("ticket")
	place, _, err := s.cfg.Desk.Place(r.Context(), ticket)
	if err != nil {
		return err
	}
	if place.State != desk.PlaceWaiting && place.State != desk.PlaceTaken {
		return fault.New(fault.QueryOver, nil)
	}
	to := s.cfg.Invite
	to.Ticket = ticket
	return s.download(w, r, to)
}

func (s *Site) joinDownload(w http.ResponseWriter, r *http.Request) error {
	if err := s.cfg.Codes.Allow(limit.Network(r.RemoteAddr)); err != nil {
		return err
	}
	c, err := code.Parse(r.PathValue("code"))
	if err != nil {
		return err
	}
	if _, err := s.cfg.Desk.CheckCode(r.Context(), c.String()); err != nil {
		return err
	}
	to := s.cfg.Invite
	to.Code = c
	return s.download(w, r, to)
}

// plainDownload gives the app that knows this relay and asks for a code.
func (s *Site) plainDownload(w http.ResponseWriter, r *http.Request) error {
	return s.download(w, r, s.cfg.Invite)
}

func (s *Site) download(w http.ResponseWriter, r *http.Request, to invite.Invite) error {
	on := system(r)
	program, size, err := s.program(on.file)
	if errors.Is(err, fs.ErrNotExist) {
		lang := s.language(r)
		return s.show(w, r, view{
			template: "message", status: http.StatusNotFound, titleKey: "connect.download",
			data: message{Heading: lang.text("connect.download"), Paragraphs: []string{lang.text("download.none")}},
		})
	}
	if err != nil {
		return err
	}
	defer program.Close()
	var trailer strings.Builder
	if err := to.AppendTo(&trailer); err != nil {
		return fmt.Errorf("download: %w", err)
	}
	h := w.Header()
	h.Set("Content-Type", "application/octet-stream")
	h.Set("Content-Disposition", `attachment; filename="`+on.file+`"`)
	h.Set("Content-Length", strconv.FormatInt(size+int64(trailer.Len()), 10))
	if _, err := io.Copy(w, io.MultiReader(program, strings.NewReader(trailer.String()))); err != nil {
		s.cfg.Logger.Debug("a download was not read to its end", "err", err)
	}
	return nil
}

// program opens the app for a system; the name never comes from the request.
func (s *Site) program(name string) (*os.File, int64, error) {
	if s.cfg.Downloads == "" || name == "" {
		return nil, 0, fs.ErrNotExist
	}
	root, err := os.OpenRoot(s.cfg.Downloads)
	if err != nil {
		return nil, 0, fmt.Errorf("downloads: %w", err)
	}
	defer root.Close()
	f, err := root.Open(name)
	if err != nil {
		return nil, 0, fmt.Errorf("downloads: %w", err)
	}
	info, err := f.Stat()
	if err != nil || !info.Mode().IsRegular() {
		f.Close()
		return nil, 0, errors.Join(err, fs.ErrNotExist)
	}
	return f, info.Size(), nil
}
