// Package desk is the rep side's live state: which reps are logged in and available, which queries wait and who has been
// alerted about them, which codes are out. It also lets customers in: posting a query, waiting in line, redeeming a code.
//
// It owns nothing that could be lost. The store is the only truth and decides every claim; one loop keeps what can be
// rebuilt and fans it out to the watchers. Whoever changes the store tells so on the bus, and every loop that hears it
// reads the store again, so that a single relay and a fleet run the same code. Rooms own sessions whose customer has
// joined; until then a session is the desk's.
//
// All methods are safe for concurrent use and return copies. Those that need the loop fail with relay_stopping once Run
// has returned.
package desk

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"time"

	"deskhand/protocol/fault"
	"deskhand/relay/internal/account"
	"deskhand/relay/internal/ops"
	"deskhand/relay/internal/right"
	"deskhand/relay/internal/store"
)

// Bus carries notices between desks. Functions given to Subscribe are called one after the other and must not block.
type Bus interface {
	Publish(subject string, data []byte) error
	Subscribe(subject string, receive func(data []byte)) (cancel func(), err error)
}

// Config is what a desk works with.
type Config struct {
	Store     *store.Store
	Bus       Bus
	Accounts  *account.Accounts
	Clock     func() time.Time // nil: time.Now
	Rand      io.Reader        // draws codes, tickets and tokens; safe for concurrent use
	Logger    *slog.Logger     // nil: silent
	Metrics   *ops.Metrics     // nil: counted nowhere
	PublicURL string           // where portals are, without a slash at the end

	// OnSession hears of every session that changed in the store, its end by the desk included; it must not block.
	// May be nil.
	OnSession func(sessionID string)
}

// Desk is made by New and works while Run does.
type Desk struct {
	cfg      Config
	commands chan func(*loop)
	changed  *changes
	done     chan struct{} // closed when Run returns
}

// New makes a desk; Run brings it to life.
func New(cfg Config) *Desk {
	if cfg.Clock == nil {
		cfg.Clock = time.Now
	}
	if cfg.Logger == nil {
		cfg.Logger = slog.New(slog.DiscardHandler)
	}
	if cfg.Metrics == nil {
		cfg.Metrics = ops.New()
	}
	return &Desk{
		cfg:      cfg,
		commands: make(chan func(*loop)),
		changed:  newChanges(),
		done:     make(chan struct{}),
	}
}

// Run keeps the desk until ctx ends, which is its only good end. Call it once.
func (d *Desk) Run(ctx context.Context) error {
	defer close(d.done)
	cancel, err := d.cfg.Bus.Subscribe(subjects, d.changed.hear)
	if err != nil {
		return fmt.Errorf("desk: listen to the bus: %w", err)
	}
	defer cancel()
	l := &loop{
		d: d, ctx: ctx, reps: map[int64]*presence{}, queries: map[string]*posted{}, codes: map[string]time.Time{},
		places: map[string]*place{}, portalSettings: map[int64]right.Values{},
	}
	defer l.stop()
	if err := l.load(); err != nil && ctx.Err() == nil {
		return err
	}
	l.run()
	return nil
}

// do runs f in the loop and waits for it. What f refers to is safe to read afterwards only when do returned nil.
func (d *Desk) do(ctx context.Context, f func(*loop)) error {
	ran := make(chan struct{})
	select {
	case d.commands <- func(l *loop) { f(l); close(ran) }:
		<-ran
		return nil
	case <-d.done:
		return fault.New(fault.RelayStopping, nil)
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (d *Desk) now() time.Time { return d.cfg.Clock().UTC() }
