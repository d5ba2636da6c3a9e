package web

import (
	"bytes"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"fmt"
	"mime"
	"net/http"
	"path"
	"time"

	"deskhand/protocol/fault"
)

//go:embed static/*
var staticFiles embed.FS

// asset is one embedded file under the hash of its content, so that browsers may keep it for ever.
type asset struct {
	hash string
	body []byte
}

type assets map[string]asset

func loadAssets() (assets, error) {
	all := assets{}
	entries, err := staticFiles.ReadDir("static")
	if err != nil {
		return nil, err
	}
	for _, e := range entries {
		body, err := staticFiles.ReadFile("static/" + e.Name())
		if err != nil {
			return nil, err
		}
		sum := sha256.Sum256(body)
		all[e.Name()] = asset{hex.EncodeToString(sum[:8]), body}
	}
	return all, nil
}

// url is where the asset is served; a template that names one that is not there does not render.
func (a assets) url(name string) (string, error) {
	found, ok := a[name]
	if !ok {
		return "", fmt.Errorf("no asset %q", name)
	}
	return "/static/" + found.hash + "/" + name, nil
}

func (a assets) serve(w http.ResponseWriter, r *http.Request) error {
	name := r.PathValue("name")
	found, ok := a[name]
	if !ok || found.hash != r.PathValue("hash") {
		return fault.New(fault.PortalUnknown, nil)
	}
	w.Header().Set("Cache-Control", "public, max-age=31536000, immutable")
	w.Header().Set("Content-Type", mime.TypeByExtension(path.Ext(name)))
	http.ServeContent(w, r, name, time.Time{}, bytes.NewReader(found.body))
	return nil
}

func (s *Site) favicon(w http.ResponseWriter, r *http.Request) error {
	to, err := s.assets.url("logo.svg")
	if err != nil {
		return err
	}
	http.Redirect(w, r, to, http.StatusFound)
	return nil
}
