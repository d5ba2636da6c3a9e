package e2e

import (
	"errors"
	"os"
	"path/filepath"
	"testing"

	"deskhand/apps/e2e/job"
)

// keep leaves pictures of both displays where somebody can look at them: in the folder that DESKHAND_PICTURES names.
func keep(t *testing.T, j *job.Job) {
	t.Helper()
	to := os.Getenv("DESKHAND_PICTURES")
	if to == "" {
		return
	}
	err := errors.Join(j.RepDisplay.Screenshot("failed-rep"), j.CustomerDisplay.Screenshot("failed-customer"))
	pictures, globErr := filepath.Glob(filepath.Join(j.Stage.Dir, "*.png"))
	err = errors.Join(err, globErr)
	for _, from := range pictures {
		raw, readErr := os.ReadFile(from)
		err = errors.Join(err, readErr, os.WriteFile(filepath.Join(to, filepath.Base(from)), raw, 0o644))
	}
	if err != nil {
		t.Log(err)
	}
}
