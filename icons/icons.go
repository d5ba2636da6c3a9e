// Package icons holds the drawings of Deskhand: one family of line icons on a grid of 24, the application icon and the
// four tray states. It only embeds files and imports nothing else; ui/theme makes resources from them that follow the
// colours in use. Safe for concurrent use.
package icons

import "embed"

// Name is the name of a line icon; its drawing is svg/NAME.svg.
type Name string

// The line icons.
const (
	Accept      Name = "accept"
	ActualSize  Name = "actual-size"
	Add         Name = "add"
	ArrowDown   Name = "arrow-down"
	ArrowRight  Name = "arrow-right"
	ArrowUp     Name = "arrow-up"
	Available   Name = "available"
	Away        Name = "away"
	Cancel      Name = "cancel"
	Chat        Name = "chat"
	Clock       Name = "clock"
	Codes       Name = "codes"
	Copy        Name = "copy"
	Decline     Name = "decline"
	Delay       Name = "delay"
	Details     Name = "details"
	Direct      Name = "direct"
	Download    Name = "download"
	Draw        Name = "draw"
	End         Name = "end"
	Eye         Name = "eye"
	Files       Name = "files"
	Fit         Name = "fit"
	FoldClosed  Name = "fold-closed"
	FoldOpen    Name = "fold-open"
	FullScreen  Name = "full-screen"
	Help        Name = "help"
	History     Name = "history"
	InSession   Name = "in-session"
	Info        Name = "info"
	Invitation  Name = "invitation"
	Keyboard    Name = "keyboard"
	Link        Name = "link"
	Lock        Name = "lock"
	LogOut      Name = "log-out"
	Mail        Name = "mail"
	More        Name = "more"
	Mouse       Name = "mouse"
	NoScreen    Name = "no-screen"
	Notes       Name = "notes"
	Offline     Name = "offline"
	Password    Name = "password"
	Portal      Name = "portal"
	Preferences Name = "preferences"
	Query       Name = "query"
	Reboot      Name = "reboot"
	Refresh     Name = "refresh"
	Screen      Name = "screen"
	Search      Name = "search"
	Send        Name = "send"
	Shield      Name = "shield"
	Stop        Name = "stop"
	Transfer    Name = "transfer"
	Unavailable Name = "unavailable"
	User        Name = "user"
	Users       Name = "users"
	View        Name = "view"
	Viewer      Name = "viewer"
	Wait        Name = "wait"
	Warning     Name = "warning"
	ZoomIn      Name = "zoom-in"
	ZoomOut     Name = "zoom-out"
)

// Tray is what the tray icon says about the rep. The states differ in shape, not only in colour.
type Tray string

// The tray states.
const (
	TrayAvailable   Tray = "available"
	TrayUnavailable Tray = "unavailable"
	TrayInSession   Tray = "in-session"
	TrayOffline     Tray = "offline"
)

//go:embed svg app
var files embed.FS

// SVG is the drawing of a line icon: strokes in one colour, on a grid of 24. It is nil for a name that is not there.
func SVG(n Name) []byte { return read("svg/" + string(n) + ".svg") }

// AppSVG is the application icon, in colours.
func AppSVG() []byte { return read("app/deskhand.svg") }

// AppPNG is the application icon as a picture of 256 by 256 pixels.
func AppPNG() []byte { return read("app/deskhand-256.png") }

// TrayPNG is the application icon with a state's mark, as a picture of 64 by 64 pixels that stays legible at 16.
func TrayPNG(t Tray) []byte { return read("app/tray-" + string(t) + ".png") }

func read(name string) []byte {
	b, err := files.ReadFile(name)
	if err != nil {
		return nil
	}
	return b
}
