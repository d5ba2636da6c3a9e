package overlay

import (
	"errors"
	"fmt"
	"os"

	"deskhand/apps/internal/x11"
)

func ready() error {
	if os.Getenv("WAYLAND_DISPLAY") != "" {
		return nil
	}
	if os.Getenv("DISPLAY") == "" {
		return errors.New("there is no display to open windows on: start it from a desktop, or set DISPLAY")
	}
	c, err := x11.Open("", nil)
	if err != nil {
		return fmt.Errorf("the display %s cannot be used: %w", os.Getenv("DISPLAY"), err)
	}
	c.Close()
	return nil
}
