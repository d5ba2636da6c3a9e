package room

import (
	"context"

	"deskhand/protocol/pb"
	"deskhand/relay/internal/row"
	"deskhand/relay/internal/store"
)

// scribe does what touches the disk, one job after the other, and hands the loop what follows from it. It ends when
// jobs is closed and empty; after the loop has quit the rest is still stored.
func (r *Room) scribe(ctx context.Context) {
	for job := range r.jobs {
		follow := job(ctx)
		if follow == nil {
			continue
		}
		select {
		case r.stored <- follow:
		case <-r.quit:
		}
	}
}

// queue gives the scribe a job. It reports whether there was room; the caller closes the lane of whoever caused it.
func (r *Room) queue(job func(context.Context) func()) bool {
	if len(r.jobs) >= storeQueue {
		return false
	}
	r.jobs <- job // the loop is the only sender, so there is room
	return true
}

// surely gives the scribe a job that must not be lost, taking in results while the queue is full.
func (r *Room) surely(job func(context.Context) func()) {
	for {
		select {
		case r.jobs <- job:
			return
		case f := <-r.stored:
			f()
		}
	}
}

// note stores a status line and shows it to everybody. Those that find no room are lost and counted.
func (r *Room) note(status pb.Line_Status, name string) {
	if r.said[0] >= maxChat {
		r.cfg.Metrics.LinesLost.Add(1)
		return
	}
	line := store.Line{At: r.now(), Name: name, Status: int(status)}
	queued := r.queue(func(ctx context.Context) func() {
		stored := r.addLine(ctx, line)
		return func() { r.showLine(nil, stored) }
	})
	if !queued {
		r.cfg.Metrics.LinesLost.Add(1)
	}
}

// addLine stores a line; it gives nil, counted, when that failed. Scribe only.
func (r *Room) addLine(ctx context.Context, l store.Line) *pb.Line {
	l.SessionID = r.id
	seq, err := r.cfg.Store.AddLine(ctx, l)
	if err != nil {
		r.cfg.Metrics.LinesLost.Add(1)
		r.cfg.Logger.Error("a line could not be stored", "err", err)
		return nil
	}
	l.Seq = seq
	return row.Line(l)
}

// showLine shows a stored line to everybody. One that its speaker sent a second time, not knowing that the first had
// arrived, goes to the speaker alone.
func (r *Room) showLine(speaker *attendee, line *pb.Line) {
	if line == nil {
		return
	}
	m := &pb.ControlDown{Message: &pb.ControlDown_Line{Line: line}}
	if line.GetSeq() > r.lastLine {
		r.lastLine = line.GetSeq()
		r.said[line.GetFrom()] += lineCost + len(line.GetText()) + len(line.GetName())
		r.broadcast(m)
	} else if speaker != nil {
		r.tell(speaker, m)
	}
}
