package job

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
)

// Programs are the paths of the three real programs.
type Programs struct {
	Relay, Rep, Customer string
}

// In names the programs in a folder.
func In(dir string) Programs {
	return Programs{
		Relay:    filepath.Join(dir, "deskhand-relay"),
		Rep:      filepath.Join(dir, "deskhand-rep"),
		Customer: filepath.Join(dir, "deskhand-customer"),
	}
}

// Build builds the programs into dir, with the race detector if asked.
func Build(ctx context.Context, dir string, race bool) (Programs, error) {
	p := In(dir)
	for path, pkg := range map[string]string{
		p.Relay: "deskhand/relay/cmd/relay", p.Rep: "deskhand/apps/rep", p.Customer: "deskhand/apps/customer",
	} {
		args := []string{"build", "-o", path}
		if race {
			args = append(args, "-race")
		}
		cmd := exec.CommandContext(ctx, "go", append(args, pkg)...)
		cmd.Stderr = os.Stderr
		if err := cmd.Run(); err != nil {
			return p, fmt.Errorf("build %s: %w", pkg, err)
		}
	}
	return p, nil
}
